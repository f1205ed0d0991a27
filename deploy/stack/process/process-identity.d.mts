/** Tells a live process from every other that has or had its pid; `undefined` when none lives under it. */
export function identityOf(pid: number): string | undefined;
