/** The synthetic person of the demo, with numbers of this run, so that it can be played again. */
export interface DemoNumbers {
  /** Mirpurkhas. */
  readonly first: string;
  /** A second registration of her there, by mistake. */
  readonly duplicate: string;
  /** Hyderabad. */
  readonly second: string;
  readonly national: string;
  readonly run: string;
}

export function demoNumbers(now: Date): DemoNumbers {
  const run = now.getTime().toString(36).toUpperCase();
  const digits = String(now.getTime()).slice(-10);
  return { first: `MR-${run}`, duplicate: `MR-${run}-DUP`, second: `H-${run}`, national: `413${digits}`, run };
}

const name = 'EVERYWOMAN^EVE^E||19620320|F';

function head(sender: string, type: string, { at, controlId }: { at: string; controlId: string }): string {
  return `MSH|^~\\&|${sender}|ANAMNESIS|HUB|${at}||${type}|${controlId}|P|2.5.1`;
}

function adt(sender: string, trigger: string, options: { at: string; controlId: string; more: string[] }): Uint8Array {
  const structure = trigger === 'A40' ? 'ADT_A39' : 'ADT_A01';
  const { at, more } = options;
  return lines([head(sender, `ADT^${trigger}^${structure}`, options), `EVN|${trigger}|${at}`, ...more]);
}

export function registeredAtMirpurkhas({ first, national, run }: DemoNumbers): Uint8Array {
  return adt('ADT|MPK', 'A04', {
    at: '20260301090000+0500',
    controlId: `${run}-1`,
    more: [
      `PID|1||${first}^^^MPK^MR~${national}^^^NADRA^NI||${name}|||12 Station Road^^Mirpurkhas^^69000^PAK^H`,
      `PV1|1|O|OPD^^^MPK||||||||||||||||V-${run}^^^MPK`,
    ],
  });
}

export function movedToHyderabad({ second, national, run }: DemoNumbers): Uint8Array {
  return adt('ADT|HYD', 'A04', {
    at: '20260302101500+0500',
    controlId: `${run}-2`,
    more: [
      `PID|1||${second}^^^HYD^MR~${national}^^^NADRA^NI||${name}|||5 Saddar Bazaar^^Hyderabad^^71000^PAK^H`,
      'PV1|1|O|OPD^^^HYD',
    ],
  });
}

/** `status` F for the first report, C for the correction. */
export function glucose({ second, run }: DemoNumbers, value: string, status: 'F' | 'C'): Uint8Array {
  const at = status === 'F' ? '20260306091500+0500' : '20260306120000+0500';
  return lines([
    head('LIS|LABHYD', 'ORU^R01^ORU_R01', { at, controlId: `${run}-L${status}` }),
    `PID|1||${second}^^^HYD^MR||${name}`,
    `OBR|1|P-${run}|F-${run}|1554-5^GLUCOSE^LN|||20260306083000+0500|||||||||||||||${at}|||${status}`,
    `OBX|1|NM|1554-5^GLUCOSE^LN||${value}|mg/dL^^UCUM|70-105|H|||${status}|||20260306083000+0500`,
  ]);
}

export function registeredTwice({ duplicate, run }: DemoNumbers): Uint8Array {
  return adt('ADT|MPK', 'A04', {
    at: '20260307080000+0500',
    controlId: `${run}-3`,
    more: [`PID|1||${duplicate}^^^MPK^MR||EVERYWOMAN^E||19620320|F`, 'PV1|1|O'],
  });
}

export function mergedByHospital({ first, duplicate, run }: DemoNumbers): Uint8Array {
  return adt('ADT|MPK', 'A40', {
    at: '20260307083000+0500',
    controlId: `${run}-4`,
    more: [`PID|1||${first}^^^MPK^MR||${name}`, `MRG|${duplicate}^^^MPK^MR`],
  });
}

export function fromRevokedSource({ run }: DemoNumbers, controlId: string): Uint8Array {
  return adt(`ADT|GONE-${run}`, 'A04', {
    at: '20260308080000+0500',
    controlId,
    more: [`PID|1||X-${run}^^^GONE-${run}^MR||TESTPATIENT^NOBODY||19700101|M`, 'PV1|1|O'],
  });
}

function lines(segments: readonly string[]): Uint8Array {
  return Buffer.from(`${segments.join('\r')}\r`, 'utf8');
}
