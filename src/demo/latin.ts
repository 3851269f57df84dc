/**
 * A name as its bearer might spell it in an address: small Latin letters only. `own` holds what their language
 * spells in a way of its own.
 */
export function latin(name: string, own: Readonly<Record<string, string>> = {}): string {
  const letters = [...name.toLowerCase().normalize('NFC')].map(
    (letter) => own[letter] ?? SPELT[letter] ?? letter,
  );
  return letters
    .join('')
    .normalize('NFD')
    .replace(/[^a-z]/g, '');
}

// What no decomposition gives: letters of their own, and Cyrillic.
const SPELT: Record<string, string> = {
  ß: 'ss',
  ł: 'l',
  ø: 'o',
  ı: 'i',
  а: 'a',
  б: 'b',
  в: 'v',
  г: 'g',
  ґ: 'g',
  д: 'd',
  е: 'e',
  ё: 'e',
  є: 'ye',
  ж: 'zh',
  з: 'z',
  и: 'i',
  і: 'i',
  ї: 'yi',
  й: 'y',
  к: 'k',
  л: 'l',
  м: 'm',
  н: 'n',
  о: 'o',
  п: 'p',
  р: 'r',
  с: 's',
  т: 't',
  у: 'u',
  ф: 'f',
  х: 'kh',
  ц: 'ts',
  ч: 'ch',
  ш: 'sh',
  щ: 'shch',
  ъ: '',
  ы: 'y',
  ь: '',
  э: 'e',
  ю: 'yu',
  я: 'ya',
};
