/** The words of the lost-phone request and its status. */
export const lostPhone = {
  statusTitle: "復旧の申請の状況",
};
