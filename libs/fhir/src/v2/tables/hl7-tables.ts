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
  '0119':
    'AF CA CH CN CP CR DC DE DF DR FU HD HR LI MC NA NW OC OD OE OF OH OK OP OR PA PR PY RE RF RL RO RP RQ RR RU SC SN SR SS UA UC UD UF UH UM UN UR UX XO XR XX',
  '0127': 'AA DA EA FA LA MA MC PA',
  '0128': 'MI MO SV U',
  '0131': 'C E F I N O S U',
  '0161': 'G N T',
  '0162':
    'AP B DT EP ET GTT GU IA IB IC ICV ID IH IHA IM IMR IN IO IP IS IT IU IV MM MTH NG NP NS NT OP OT OTH PF PO PR RM SC SD SL TD TL TP TRA UR VG VM WND',
  '0163':
    'BE BN BU CT LA LAC LACF LAF LB LBC LD LE LEJ LF LG LH LIJ LLAQ LLFA LMFA LN LPC LSC LT LUA LUAQ LUFA LVG LVL NB OD OS OU PA PERIN RA RAC RACF RAF RB RBC RD RE REJ RF RG RH RIJ RLAQ RLFA RMFA RN RPC RSC RT RUA RUAQ RUFA RVG RVL',
  '0165': 'CH DI DU IF IR IS IVP IVPB NB PF PT SH SO WA WI',
  '0167': '0 1 2 3 4 5 7 8 G N T',
  '0260': 'B C D E L N O R',
  '0270': 'AR CD CN DI DS ED HP OP PC PH PN PR SP TS',
  '0272': 'R U V',
  '0273': 'AV CA OB UN',
  '0276': 'CHECKUP EMERGENCY FOLLOWUP ROUTINE WALKIN',
  '0277': 'Complete Normal Tentative',
  '0281': 'HOM LAB MED PSY RAD SKN',
  '0282': 'AM RP SO WR',
  '0322': 'CP NA PA RE',
  '0336': 'O P S W',
  '0482': 'I O',
};

const codes: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(listed).map(([table, text]) => [table, new Set(text.split(' '))]),
);

export function isListed(table: string, code: string): boolean {
  return codes.get(table)?.has(code) === true;
}
