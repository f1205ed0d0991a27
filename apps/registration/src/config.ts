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

  /** After a fragment of a message (DSC) came, for the rest of it to come; then the message is on record as refused. */
  @IsInt()
  @Min(1000)
  FRAGMENT_TIMEOUT_MS: number = 10 * 60 * 1000;

  /** Fragments of one source that wait for the rest of their messages; further ones are refused. */
  @IsInt()
  @Min(2)
  @Max(10_000)
  FRAGMENTS_OPEN_MAX: number = 500;

  /** Fragments of one message together; one record of the bus has to hold it. */
  @IsInt()
  @Min(1024)
  @Max(23 * 1024 * 1024)
  FRAGMENTED_MESSAGE_BYTES_MAX: number = 16 * 1024 * 1024;

  /** Application acknowledgements (MSH-16) that wait for one sender's listener; further ones are given up at once. */
  @IsInt()
  @Min(1)
  APPLICATION_ACK_QUEUE_MAX: number = 1000;

  /** Longest pause between two attempts at one listener. */
  @IsInt()
  @Min(1)
  APPLICATION_ACK_PAUSE_MS_MAX: number = 60_000;

  /** One that was not taken for so long is given up. */
  @IsInt()
  @Min(10)
  APPLICATION_ACK_LIFE_MS: number = 24 * 60 * 60 * 1000;
}
