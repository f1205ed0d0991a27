import type * as library from '@anamnesis/hl7v2';

export type Target = (data: Uint8Array) => void;

export function targetsOf(one: typeof library): Readonly<Record<'frames' | 'message' | 'charset', Target>>;
