/** Invented messages for tests. Segments end with CR. */
const lines = (...segments: readonly string[]): string => segments.map((one) => `${one}\r`).join('');

export const admission = lines(
  'MSH|^~\\&|ADT1^1.2.3^ISO|NORTH|ANAMNESIS|HUB|20260102030405+0100||ADT^A01^ADT_A01|N-0001|P|2.5.1|17||AL|NE|DEU|UNICODE UTF-8',
  'EVN|A01|20260102030405',
  'PID|1||4711^^^NORTH&1.2.3.4&ISO^MR~815^^^NATIONAL^SS||EVERYWOMAN^EVE^""||19700131|F|||1 TEST ST^^TESTTOWN|||""||||~',
  'NK1|1|TESTPATIENT^TOM|SPO',
  'NK1|2|TESTPATIENT^TINA|CHD',
  'PV1|1|I|WARD\\T\\1^2^3||||||||||||||||V-1',
);

export const result = lines(
  'MSH|^~\\&|LAB|SOUTH|ANAMNESIS|HUB|202601020304||ORU^R01|S-7|P|2.3.1',
  'PID|||88^^^SOUTH^MR||TESTPATIENT^TOM',
  'OBR|1|P1|F1|718-7^Hemoglobin^LN',
  'OBX|1|NM|718-7^Hemoglobin^LN||13.2|g/dL|12-16|N|||F',
  'OBX|2|FT|note||first\\.br\\\\H\\second\\N\\ 5 \\S\\ 6 \\X41\\||||||F',
  'NTE|1||',
  'ZZZ|local|value',
);

export const oddDelimiters = lines(
  'MSH#*!%$#ODD#EAST#A#B#20260102##ADT*A08#E-1#P#2.3',
  'PID#1##12*a$b*c!13##TESTPATIENT*T%S%M',
);

export const samples: readonly string[] = [admission, result, oddDelimiters];
