/** So many different ports of 127.0.0.1 that nobody listens on now. */
export function freePorts(count: number): Promise<number[]>;
