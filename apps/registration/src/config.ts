import { Settings } from '@anamnesis/runtime';
import { IsInt, Max, Min } from 'class-validator';

/**
 * Settings of registration alone. `ENROLMENT=open` on an address that others can reach is refused with the settings
 * that every app shares.
 */
export class RegistrationSettings extends Settings {
  /** Validity of a source's certificate. */
  @IsInt()
  @Min(1)
  @Max(3650)
  CERTIFICATE_DAYS: number = 825;

  /** Sources that may enrol themselves in the open sandbox. */
  @IsInt()
  @Min(0)
  @Max(100_000)
  OPEN_SOURCES_MAX: number = 1000;

  /** Unknown senders remembered for an operator; beyond it new ones are turned away without a trace. */
  @IsInt()
  @Min(1)
  @Max(100_000)
  CONTACTS_MAX: number = 1000;

  /** One identifier used by more records than this proves nothing by itself (guard G12). */
  @IsInt()
  @Min(2)
  @Max(50)
  IDENTIFIER_RECORDS_MAX: number = 3;

  /** Records of one person that the rule may join without a reviewer (guard G15). */
  @IsInt()
  @Min(2)
  @Max(50)
  PERSON_RECORDS_MAX: number = 6;
}
