/** The words of the lost-phone request and its status. */
export const lostPhone = {
  statusTitle: "Status of a recovery request",
};
