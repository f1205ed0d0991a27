/**
 * Codes that HL7 itself lists in tables of the fields mapped here. A field's code that its table lists is of that table;
 * any other is the sender's own (user-defined tables grow at each site).
 */
const listed: Readonly<Record<string, string>> = {
  '0001': 'A F M N O U',
  '0002': 'A B C D E G I M N O P R S T U W',
  '0004': 'B C E I N O P R U',
  '0007': 'A C E L N R U',
  '0009': 'A0 A1 A2 A3 A4 A5 A6 A7 A8 A9 B1 B2 B3 B4 B5 B6',
  '0052': 'A F W',
  '0063':
    'ASC BRO CGV CHD DEP DOM EMC EME EMR EXF FCH FND FTH GCH GRD GRP MGR MTH NCH NON OAD OTH OWN PAR SCH SEL SIB SIS SPO TRA UNK WRD',
  '0069': 'CAR MED PUL SUR URO',
  '0074':
    'AU BG BLB CG CH CP CT CTH CUS EC EN GE HM ICU IMG IMM LAB MB MCB MYC NMR NMS NRS OSL OT OTH OUS PAR PAT PF PHR PHY PT RAD RC RT RUS RX SP SR TX URN VR VUS XRC',
  '0078':
    '< > A AA AC B CAR D DET E EX EXP H HH HM HU I IE IND L LL LU MS N NCL ND NEG NR NS NULL OBX POS QCF R RR S SDD SYN-R SYN-S TOX U UNE VS W WR null',
  '0085': 'A B C D F I N O P R S U V W X',
  '0092': 'R',
  '0116': 'C H I K O U',
  '0127': 'AA DA EA FA LA MA MC PA',
  '0128': 'MI MO SV U',
  '0131': 'C E F I N O S U',
  '0260': 'B C D E L N O R',
  '0281': 'HOM LAB MED PSY RAD SKN',
  '0282': 'AM RP SO WR',
  '0336': 'O P S W',
};

const codes: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(listed).map(([table, text]) => [table, new Set(text.split(' '))]),
);

export function isListed(table: string, code: string): boolean {
  return codes.get(table)?.has(code) === true;
}
