// The package has no types, and builds of single apps see only what is referred to.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference
/// <reference path="./myanmar-tools.d.ts" />
import tools from 'myanmar-tools';

/**
 * Zawgyi is a font, not a character set: Burmese typed for it is valid UTF-8 that says something else in Unicode. Whether a
 * text is Zawgyi is a probability of Google's model (myanmar-tools); its authors call 0.95 and more a strong Zawgyi.
 */
const probabilityMin = 0.95;
/** More of a text says nothing new, and converting takes time that grows with the square of the length. */
const judgedMax = 2000;

const burmese = /[\u1000-\u109F]/;
let detector: InstanceType<typeof tools.ZawgyiDetector> | undefined;
let converter: InstanceType<typeof tools.ZawgyiConverter> | undefined;

export function isZawgyi(text: string): boolean {
  if (!burmese.test(text)) return false;
  detector ??= new tools.ZawgyiDetector();
  return detector.getZawgyiProbability(text.slice(0, judgedMax)) >= probabilityMin;
}

/** The same text in Unicode; undefined when it is no Zawgyi, or longer than names and addresses are. */
export function unicodeOfZawgyi(text: string): string | undefined {
  if (text.length > judgedMax || !isZawgyi(text)) return undefined;
  converter ??= new tools.ZawgyiConverter();
  return converter.zawgyiToUnicode(text);
}

/** Whether UTF-8 bytes hold any of U+1000 to U+109F. */
export function hasBurmese(bytes: Uint8Array): boolean {
  for (let at = bytes.indexOf(0xe1); at >= 0; at = bytes.indexOf(0xe1, at + 1)) {
    const second = bytes[at + 1] ?? 0;
    if (second >= 0x80 && second <= 0x82) return true;
  }
  return false;
}
