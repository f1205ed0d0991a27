// There is no part 12.
const iso8859 = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16].map((part): [string, string] => [
  `8859${part}`,
  `iso-8859-${part}`,
]);
const windows = [1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257, 1258].map((page): [string, string] => [
  `${page}`,
  `windows-${page}`,
]);

/** Table 0211 and the spellings met in the field, by their letters and digits alone. */
const names: ReadonlyMap<string, string> = new Map([
  ['ASCII', 'ascii'],
  ['USASCII', 'ascii'],
  ['ISOIR6', 'ascii'],
  ['ISO646', 'ascii'],
  ['UNICODE', 'utf-8'],
  ['UNICODEUTF8', 'utf-8'],
  ['UTF8', 'utf-8'],
  ['ISOIR192', 'utf-8'],
  // The right halves by their registration numbers, as MSH-18 names them where ESC sequences switch.
  ['ISOIR100', 'iso-8859-1'],
  ['ISOIR101', 'iso-8859-2'],
  ['ISOIR109', 'iso-8859-3'],
  ['ISOIR110', 'iso-8859-4'],
  ['ISOIR144', 'iso-8859-5'],
  ['ISOIR127', 'iso-8859-6'],
  ['ISOIR126', 'iso-8859-7'],
  ['ISOIR138', 'iso-8859-8'],
  ['ISOIR148', 'iso-8859-9'],
  ['ISOIR166', 'iso-8859-11'],
  ['TIS620', 'iso-8859-11'],
  ['WINDOWS874', 'windows-874'],
  ['CP874', 'windows-874'],
  ['LATIN1', 'iso-8859-1'],
  ['LATIN9', 'iso-8859-15'],
  ...iso8859.flatMap(([key, name]) => [[key, name] as const, [`ISO${key}`, name] as const]),
  ...windows.flatMap(([key, name]) => [[`WINDOWS${key}`, name] as const, [`CP${key}`, name] as const]),
  ['ISOIR13', 'iso-2022-jp'],
  ['ISOIR14', 'iso-2022-jp'],
  ['ISOIR87', 'iso-2022-jp'],
  ['ISOIR159', 'iso-2022-jp'],
  ['ISO2022JP', 'iso-2022-jp'],
  ['SHIFTJIS', 'shift_jis'],
  ['SJIS', 'shift_jis'],
  ['WINDOWS31J', 'shift_jis'],
  ['CP932', 'shift_jis'],
  ['EUCJP', 'euc-jp'],
  ['GB18030', 'gb18030'],
  ['GB180302000', 'gb18030'],
  ['GBK', 'gb18030'],
  ['GB2312', 'gb18030'],
  ['ISOIR58', 'gb18030'],
  ['KSX1001', 'euc-kr'],
  ['KSC5601', 'euc-kr'],
  ['EUCKR', 'euc-kr'],
  ['ISOIR149', 'euc-kr'],
  ['BIG5', 'big5'],
  ['CNS11643', 'euc-tw'],
  ['CNS116431992', 'euc-tw'],
  ['EUCTW', 'euc-tw'],
]);

/** The set's one name here, from MSH-18 (table 0211) or a usual alias; undefined when it is none we can read. */
export function canonicalCharset(declared: string): string | undefined {
  return names.get(declared.toUpperCase().replace(/[^A-Z0-9]/g, ''));
}
