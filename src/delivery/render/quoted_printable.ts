/**
 * `text` in UTF-8 as quoted-printable (RFC 2045, 6.7): lines of at most 76 characters that end in CRLF, no character
 * divided between two of them. Line ends of any kind become CRLF. A line never begins with a dot, nor with "From ",
 * which some mail servers on the way double or quote.
 *
 * Written over bytes in one pass: nodemailer's encoder makes a text of each mail first, and then looks for the place of
 * each line's end by regular expressions, which is ten times the work.
 */
export function quotedPrintable(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  // Each byte takes three at most, and three more end a line of twenty or more.
  const out = Buffer.allocUnsafe(bytes.length * 4);
  let end = 0;
  let column = 0;
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i] as number;
    // Nearly all there is.
    if (LITERAL[byte] === 1 && column > 0 && column < LONGEST) {
      out[end++] = byte;
      column += 1;
      continue;
    }
    if (byte === CR || byte === LF) {
      if (byte === CR && bytes[i + 1] === LF) i += 1;
      end = writeLineEnd(out, end);
      column = 0;
      continue;
    }
    // The rest of a character has found room with its first byte.
    if (!isContinuation(byte) && column + roomFor(bytes, i, column) > LONGEST) {
      out[end++] = EQUALS;
      end = writeLineEnd(out, end);
      column = 0;
    }
    const width = widthAt(bytes, i, column);
    if (width === 1) out[end++] = byte;
    else end = writeEncoded(out, end, byte);
    column += width;
  }
  return out.subarray(0, end);
}

const CR = 0x0d;
const LF = 0x0a;
const SPACE = 0x20;
const TAB = 0x09;
const DOT = 0x2e;
const EQUALS = 0x3d;
// 76, and one of them is for the "=" that says that a line goes on.
const LONGEST = 75;
const HEX = Buffer.from('0123456789ABCDEF');
const FROM = Buffer.from('From ');
/** 1 for each byte that may stand for itself wherever it stands. */
const LITERAL = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte > SPACE && byte < 0x7f && byte !== EQUALS ? 1 : 0,
);

/** How many characters a byte takes: 1 where it may stand for itself, else 3. */
function widthAt(bytes: Buffer, i: number, column: number): 1 | 3 {
  const byte = bytes[i] as number;
  if (column === 0 && (byte === DOT || beginsFrom(bytes, i))) return 3;
  if (LITERAL[byte] === 1) return 1;
  return (byte === SPACE || byte === TAB) && !isLineEnd(bytes[i + 1]) ? 1 : 3;
}

function beginsFrom(bytes: Buffer, i: number): boolean {
  return bytes[i] === FROM[0] && bytes.subarray(i, i + FROM.length).equals(FROM);
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === undefined || byte === CR || byte === LF;
}

function isContinuation(byte: number): boolean {
  return byte >= 0x80 && byte < 0xc0;
}

/** How many characters the whole character takes that begins here. */
function roomFor(bytes: Buffer, i: number, column: number): number {
  const byte = bytes[i] as number;
  if (byte < 0x80) return widthAt(bytes, i, column);
  if (byte < 0xe0) return 6;
  return byte < 0xf0 ? 9 : 12;
}

function writeLineEnd(out: Buffer, end: number): number {
  out[end] = CR;
  out[end + 1] = LF;
  return end + 2;
}

function writeEncoded(out: Buffer, end: number, byte: number): number {
  out[end] = EQUALS;
  out[end + 1] = HEX[byte >> 4] as number;
  out[end + 2] = HEX[byte & 15] as number;
  return end + 3;
}
