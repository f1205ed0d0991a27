/** The pid of the process that was noted, while that very process lives. */
export function readPidFile(file: string): number | undefined;
