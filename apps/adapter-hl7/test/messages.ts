/** What a message of Eve's says, where a test cares; the rest is filled in. */
export interface Said {
  readonly type?: string;
  readonly controlId?: string;
  readonly processingId?: string;
  readonly version?: string;
  readonly accept?: string;
  readonly application?: string;
  readonly sender?: string;
  readonly charset?: string;
  readonly pid?: string | null;
  readonly more?: readonly string[];
}

const pidDefault = 'PID|1||H-77^^^HYD^MR||EVERYWOMAN^EVE^E||19620320|F';

const usual = {
  type: 'ADT^A08^ADT_A01',
  controlId: 'C1',
  processingId: 'P',
  version: '2.5.1',
  accept: '',
  application: '',
  sender: 'REG|HYD',
  charset: '',
  pid: pidDefault,
  more: [],
};

export function messageOf(said: Said = {}): string {
  const all = { ...usual, ...said };
  const head = ['MSH', '^~\\&', all.sender, 'ANAMNESIS|HUB', '20260306091500+0500', '', all.type, all.controlId];
  const tail = [all.processingId, all.version, '', '', all.accept, all.application, '', all.charset];
  const pid = all.pid === null ? [] : [all.pid];
  const segments = [[...head, ...tail].join('|'), 'EVN||20260306091500+0500', ...pid, 'PV1|1|N', ...all.more];
  return `${segments.join('\r')}\r`;
}
