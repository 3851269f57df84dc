/**
 * What was asked for was not done, for want of something that may be there again after `seconds`: asking again does
 * nothing twice. The message is for whoever asked.
 */
export class Unavailable extends Error {
  override name = 'Unavailable';
  readonly seconds: number;

  constructor(message: string, { seconds, ...options }: ErrorOptions & { seconds: number }) {
    super(message, options);
    this.seconds = seconds;
  }
}
