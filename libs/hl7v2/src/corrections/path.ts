/** A place in every segment of one name: `PID-3`, `PID-3[2].4.1`, `PID-3[*].4`. */
export interface Path {
  readonly segment: string;
  readonly field: number;
  /** From 1; `*` = every one; absent = the first, or all of them where the whole field is meant. */
  readonly repetition?: number | '*';
  readonly component?: number;
  readonly subcomponent?: number;
}

/** Numbers in a path: more than any field has, and few enough to be made. */
export const pathNumberMax = 200;

const form = /^([A-Z][A-Z0-9]{2})-(\d{1,3})(?:\[(\d{1,3}|\*)\])?(?:\.(\d{1,3})(?:\.(\d{1,3}))?)?$/;

/** Undefined for what is no path. */
export function parsePath(text: string): Path | undefined {
  const match = form.exec(text);
  if (match === null) return undefined;
  const [, segment = '', field, repetition, component, subcomponent] = match;
  const numbers = [field, repetition === '*' ? undefined : repetition, component, subcomponent];
  if (numbers.some((one) => one !== undefined && !isInRange(Number(one)))) return undefined;
  return {
    segment,
    field: Number(field),
    ...(repetition !== undefined && { repetition: repetition === '*' ? '*' : Number(repetition) }),
    ...(component !== undefined && { component: Number(component) }),
    ...(subcomponent !== undefined && { subcomponent: Number(subcomponent) }),
  };
}

export function pathText({ segment, field, repetition, component, subcomponent }: Path): string {
  const parts = [component, subcomponent].map((one) => (one === undefined ? '' : `.${one}`));
  return `${segment}-${field}${repetition === undefined ? '' : `[${repetition}]`}${parts.join('')}`;
}

/** How far down it goes: 0 = the field, 1 = a repetition, 2 = a component, 3 = a subcomponent. */
export function depthOf({ repetition, component, subcomponent }: Path): number {
  if (subcomponent !== undefined) return 3;
  if (component !== undefined) return 2;
  return repetition === undefined ? 0 : 1;
}

function isInRange(n: number): boolean {
  return n >= 1 && n <= pathNumberMax;
}
