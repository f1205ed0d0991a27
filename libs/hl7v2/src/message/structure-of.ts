/**
 * Table 0354, one line a message code: `structure: events`, separated by commas; a structure alone is named by its own
 * event. From chapters 3 to 15; events withdrawn since 2.7 are still sent and still listed.
 */
const table: Readonly<Record<string, string>> = {
  ADR: 'A19',
  ADT:
    'A01: A01 A04 A08 A13, A05: A05 A14 A28 A31, A06: A06 A07, A09: A09 A10 A11, A21: A21 A22 A23 A25 A26 A27 A29 A32 A33, ' +
    'A30: A30 A34 A35 A36 A46 A47 A48 A49, A39: A39 A40 A41 A42, A50: A50 A51, A52: A52 A53, A54: A54 A55, A61: A61 A62, ' +
    'A02, A03, A12, A15, A16, A17, A18, A20, A24, A37, A38, A43, A44, A45, A60',
  BAR: 'P01, P02, P05, P06, P10, P12',
  CRM: 'C01: C01 C02 C03 C04 C05 C06 C07 C08',
  CSU: 'C09: C09 C10 C11 C12',
  DFT: 'P03, P11',
  MDM: 'T01: T01 T03 T05 T07 T09 T11, T02: T02 T04 T06 T08 T10',
  MFK: 'M01: M01 M02 M03 M04 M05 M06 M07 M08 M09 M10 M11 M12 M13 M14 M15 M16 M17',
  MFN: 'M01, M02, M03, M04, M05, M06, M07, M08, M09, M10, M11, M12, M13, M15, M16, M17',
  NMD: 'N02',
  OMB: 'O27',
  OMD: 'O03',
  OMG: 'O19',
  OMI: 'O23',
  OML: 'O21, O33, O35, O39, O59',
  OMN: 'O07',
  OMP: 'O09',
  OMQ: 'O57',
  OMS: 'O05',
  OPL: 'O37',
  OPU: 'R25',
  ORD: 'O04',
  ORF: 'R04',
  ORG: 'O20',
  ORI: 'O24',
  ORL: 'O22, O34, O36, O40',
  ORM: 'O01',
  ORN: 'O08',
  ORP: 'O10',
  ORR: 'O02',
  ORS: 'O06',
  ORU: 'R01: R01 R03 R40, R30: R30 R31 R32, W01',
  OSR: 'Q06',
  OUL: 'R21, R22, R23, R24',
  PEX: 'P07: P07 P08',
  PGL: 'PC6: PC6 PC7 PC8',
  PMU: 'B01: B01 B02, B03, B04: B04 B05 B06, B07, B08',
  PPG: 'PCG: PCC PCG PCH PCJ',
  PPP: 'PCB: PCB PCD',
  PPR: 'PC1: PC1 PC2 PC3',
  QBP: 'Q11, Q13, Q15, Q21: Q21 Q22 Q23 Q24 Q25',
  QCN: 'J01: J01 J02',
  QRY: 'A19, Q01: Q01 Q26 Q27 Q28 Q29 Q30, Q02, R02, PC4: PC4 PC9 PCE PCK',
  RAS: 'O17',
  RDE: 'O11: O11 O25, O01, O49',
  RDS: 'O13',
  REF: 'I12: I12 I13 I14 I15',
  RGV: 'O15',
  RPA: 'I08: I08 I09 I10 I11',
  RPI: 'I01: I01 I04',
  RQA: 'I08: I08 I09 I10 I11',
  RQI: 'I01: I01 I02 I03 I07',
  RRA: 'O18',
  RRD: 'O14',
  RRE: 'O12: O12 O26',
  RRG: 'O16',
  RRI: 'I12: I12 I13 I14 I15',
  RSP: 'K11, K21, K22, K23, K24, K25, K31, K32',
  SIU: 'S12: S12 S13 S14 S15 S16 S17 S18 S19 S20 S21 S22 S23 S24 S26 S27',
  SRM: 'S01: S01 S02 S03 S04 S05 S06 S07 S08 S09 S10 S11',
  SRR: 'S01: S01 S02 S03 S04 S05 S06 S07 S08 S09 S10 S11',
  SUR: 'P09',
  UDM: 'Q05',
  VXQ: 'V01',
  VXR: 'V03',
  VXU: 'V04',
  VXX: 'V02',
};

const structures = readTable();

/** Message structure by table 0354 (ADT^A04 is an ADT_A01); undefined when the table does not know the pair. */
export function structureOf(messageCode: string, triggerEvent: string): string | undefined {
  return messageCode === 'ACK' ? 'ACK' : structures.get(`${messageCode}^${triggerEvent}`);
}

function readTable(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [code, line] of Object.entries(table)) {
    for (const entry of line.split(', ')) {
      const [name = '', events = name] = entry.split(': ');
      for (const event of events.split(' ')) found.set(`${code}^${event}`, `${code}_${name}`);
    }
  }
  return found;
}
