import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

/** A mail server on loopback that takes everything (RFC 5321, the commands that a client needs). */
export type MailSink = { url: string; mails: string[]; close(): Promise<void> };

export async function openMailSink(): Promise<MailSink> {
  const mails: string[] = [];
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket)).on("error", () => {});
    socket.write("220 sink\r\n");
    let typed = "";
    let inData = false;
    socket.on("data", (chunk) => {
      typed += chunk.toString("utf8");
      for (let end = typed.indexOf(inData ? "\r\n.\r\n" : "\r\n"); end >= 0; end = typed.indexOf(inData ? "\r\n.\r\n" : "\r\n")) {
        const line = typed.slice(0, end);
        typed = typed.slice(end + (inData ? 5 : 2));
        if (inData) mails.push(line);
        const asksForData = !inData && /^DATA/i.test(line);
        socket.write(asksForData ? "354 go on\r\n" : /^QUIT/i.test(line) ? "221 bye\r\n" : "250 ok\r\n");
        inData = asksForData;
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = async () => {
    for (const socket of open) socket.destroy();
    server.close();
    await once(server, "close");
  };
  return { url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`, mails, close };
}
