import type { Logger } from '@nestjs/common';
import { Unavailable } from '@anamnesis/core';

/** A dependency that is away is a warning, and work is tried again; anything else is a defect of ours. */
export function reportTrouble(logger: Logger, error: unknown): void {
  if (error instanceof Unavailable) logger.warn(error.message, { dependency: error.dependency });
  else logger.error(error);
}
