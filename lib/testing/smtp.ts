import { type AddressInfo, createServer, type Socket } from "node:net";

/** A loopback mail server that answers each step as configured. */

type SmtpStep = "greeting" | "EHLO" | "AUTH" | "MAIL" | "RCPT" | "DATA" | "end";
/** A reply for a step instead of the usual one; `hangs` sends nothing, `drops` closes the connection. */
export type Replies = Partial<Record<SmtpStep, string | "hangs" | "drops">>;

const usual: Record<SmtpStep, string> = {
  greeting: "220 mail.example.jp ESMTP",
  EHLO: "250-mail.example.jp\r\n250-ENHANCEDSTATUSCODES\r\n250 SMTPUTF8",
  AUTH: "235 2.7.0 ok",
  MAIL: "250 2.1.0 ok",
  RCPT: "250 2.1.5 ok",
  DATA: "354 go on",
  end: "250 2.0.0 taken",
};

type MailServer = {
  url: string;
  /** The received recipients and texts. */
  named: string[];
  taken: string[];
  reply(next: Replies): void;
  close(): Promise<void>;
};

/** Starts the server; `close` closes every connection. */
export async function mailServer(): Promise<MailServer> {
  let replies: Replies = {};
  const [named, taken]: [string[], string[]] = [[], []];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    let [input, inData] = ["", false];
    const answer = (step: SmtpStep) => {
      const reply = replies[step] ?? usual[step];
      if (reply === "drops") return socket.destroy();
      if (reply !== "hangs") socket.write(`${reply}\r\n`);
    };
    const line = (text: string) => {
      const verb = text.slice(0, 4).toUpperCase();
      if (verb === "QUIT") return socket.end("221 bye\r\n");
      if (verb === "RSET") return socket.write("250 ok\r\n");
      if (verb === "RCPT") named.push(/<(.*)>/.exec(text)?.[1] ?? "");
      if (verb in usual) answer(verb as SmtpStep);
      if (verb === "DATA") inData = (replies.DATA ?? usual.DATA).startsWith("3");
    };
    socket.on("data", (chunk) => {
      input += chunk;
      for (;;) {
        const end = input.indexOf(inData ? "\r\n.\r\n" : "\r\n");
        if (end < 0) return;
        const text = input.slice(0, end);
        input = input.slice(end + (inData ? 5 : 2));
        if (!inData) line(text);
        else {
          inData = false;
          if (!replies.end || replies.end.startsWith("2")) taken.push(text);
          answer("end");
        }
      }
    });
    answer("greeting");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    named,
    taken,
    reply(next) {
      replies = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
