import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

// The program of `startOwnSink`. Of SMTP it speaks what a client needs that has nothing to fear of it: a real server
// would check more, and take the time for it from what is measured.

const taken = new Map<string, number>();

const server = createServer(converse).listen(0, '127.0.0.1');
await once(server, 'listening');
process.send?.((server.address() as AddressInfo).port);
process.on('message', () => {
  process.send?.([...taken]);
  taken.clear();
});
process.on('disconnect', () => process.exit());

const END_OF_MESSAGE = '\r\n.\r\n';

function converse(socket: Socket): void {
  let unread = '';
  let recipient = '';
  let isMessage = false;
  socket.setEncoding('latin1').setNoDelay();
  socket.on('error', () => {});
  socket.write('220 sink ready\r\n');
  socket.on('data', (text) => {
    unread += text;
    let answers = '';
    for (let end = nextEnd(); end !== -1; end = nextEnd()) {
      const line = unread.slice(0, end);
      unread = unread.slice(end);
      if (isMessage) {
        taken.set(recipient, performance.timeOrigin + performance.now());
        isMessage = false;
        answers += '250 2.0.0 taken\r\n';
      } else answers += answerTo(line);
    }
    if (answers !== '') socket.write(answers);
  });

  /** Where the line or the message ends that is read next; -1 where its end has not come yet. */
  function nextEnd(): number {
    const mark = isMessage ? END_OF_MESSAGE : '\r\n';
    const end = unread.indexOf(mark);
    return end === -1 ? -1 : end + mark.length;
  }

  function answerTo(line: string): string {
    const command = line.slice(0, 4).toUpperCase();
    if (command === 'EHLO') return '250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n';
    if (command === 'RCPT') recipient = /<([^>]*)>/.exec(line)?.[1] ?? '';
    if (command === 'QUIT') socket.end('221 2.0.0 bye\r\n');
    isMessage = command === 'DATA';
    if (isMessage) return '354 go on\r\n';
    return command === 'QUIT' ? '' : '250 2.0.0 ok\r\n';
  }
}
