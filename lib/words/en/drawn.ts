/** The notices for a form of another sign-in than the browser's current one. */
export const drawn = {
  account: "Account",
  other: "The page you used was for another sign-in ({account}). Nothing was sent or counted. Here is where this browser stands now.",
  done: "The step on the page you used ({account}) was completed already. Nothing more was sent or counted.",
  unknown: "The page you used does not belong to the present sign-in of this browser. Nothing was sent or counted.",
  moved: "This browser has gone on in another tab. What you enter on this page will not be used.",
  movedLink: "Open where it stands now",
};
