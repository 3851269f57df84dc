import { linksIn } from './links.ts';

/** A text whose web addresses can be followed, in a tab that learns nothing of this one. */
export function Linked({ text }: { text: string }) {
  return linksIn(text).map(({ text: part, href }, i) =>
    href ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never change their order
      <a key={i} href={href} target="_blank" rel="noopener noreferrer">
        {part}
      </a>
    ) : (
      part
    ),
  );
}
