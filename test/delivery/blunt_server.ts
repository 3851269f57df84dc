import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { parseSmtpUrl, type SmtpServer } from '../../src/delivery/send/smtp_url.ts';

/** A mail server that answers each message with `reply`, as it is. A well-behaved one would clean it first. */
export async function aBluntServer(reply: string): Promise<{ server: SmtpServer } & AsyncDisposable> {
  const open = new Set<Socket>();
  const listening = createServer((socket) => {
    open.add(socket);
    converse(socket, reply);
  }).listen(0, '127.0.0.1');
  await once(listening, 'listening');
  return {
    server: serverOf(listening),
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => listening.close(resolve));
    },
  };
}

function converse(socket: Socket, reply: string): void {
  let message: string | undefined;
  socket.on('error', () => {});
  socket.write('220 hello\r\n');
  socket.on('data', (data) => {
    const said = String(data);
    if (message === undefined) {
      if (said.startsWith('DATA')) message = '';
      return void socket.write(message === undefined ? '250 ok\r\n' : '354 go on\r\n');
    }
    message += said;
    if (!message.endsWith('\r\n.\r\n')) return;
    message = undefined;
    socket.write(`${reply}\r\n`);
  });
}

function serverOf(listening: Server): SmtpServer {
  const parsed = parseSmtpUrl(`smtp://127.0.0.1:${(listening.address() as AddressInfo).port}`);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.server;
}
