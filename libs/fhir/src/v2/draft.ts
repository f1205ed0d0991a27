import {
  type AccountVisit,
  type ListedIn,
  type Mapped,
  numberKey,
  type PatientIdentifier,
  type ResourceList,
  type Statement,
  type Writable,
} from '@anamnesis/core';
import type { Message } from '@anamnesis/hl7v2';
import type { Reference } from '../fhir-types.js';
import type { Authority, MappingContext } from './mapping-context.js';
import type { Slots } from './slots.js';
import { Times } from './times.js';

interface Stated {
  readonly resourceType: string;
  readonly id: string;
  readonly slots: Slots;
  readonly cancels?: readonly string[];
  readonly isWithdrawing?: boolean;
  readonly listed?: ListedIn;
  /** When it differs from the event's. */
  readonly statedAt?: string;
}

/** One event being mapped: what it has said so far, and what could not be used. */
export class Draft {
  readonly times: Times;
  readonly #statements: Writable<Statement>[] = [];
  /** Their ids, which no two types share. */
  readonly #stated = new Set<string>();
  readonly #warnings = new Set<string>();
  /** By the id of their Encounter. */
  readonly #accountVisits = new Map<string, AccountVisit>();
  #isWithdrawing = false;
  #encodedFacility: string | undefined;
  /** The patient that was named last, who most statements are about. */
  #named: { readonly subject: PatientIdentifier; readonly id: string; readonly reference: Reference } | undefined;

  constructor(
    readonly message: Message,
    readonly context: MappingContext,
    /** Of every statement that names no time of its own. */
    public statedAt: string = context.receivedAt,
  ) {
    this.times = new Times(message, context);
  }

  get trigger(): string {
    return this.message.header.triggerEvent;
  }

  /** Names a field and a reason, never a value. */
  warn(text: string): void {
    this.#warnings.add(text);
  }

  /** What is stated meanwhile only takes back, when `isSo`: a report whose lines are all withdrawn. */
  withdrawing(isSo: boolean, say: () => void): void {
    this.#isWithdrawing = isSo;
    say();
    this.#isWithdrawing = false;
  }

  state({ resourceType, id, slots, cancels, statedAt, isWithdrawing, listed }: Stated): void {
    if (slots.isEmpty && cancels === undefined) return;
    this.#stated.add(id);
    const statement: Writable<Statement> = {
      resourceType,
      id,
      statedAt: statedAt ?? this.statedAt,
      trigger: this.trigger,
      slots: slots.values,
    };
    if (slots.removed.length > 0) statement.removed = slots.removed;
    if (cancels !== undefined) statement.cancels = cancels;
    if (isWithdrawing === true || this.#isWithdrawing) statement.withdraws = true;
    if (listed !== undefined) {
      statement.listed = listed;
      this.list(listed.patientId, { name: listed.name, resourceType, ids: [id] });
    }
    this.#statements.push(statement);
  }

  /** What the message has in segments without numbers, said of a patient of whom it has stated something. */
  list(patientId: string, list: ResourceList): void {
    const patient = this.#statements.find(({ id }) => id === patientId);
    if (patient === undefined) return;
    const held = patient.lists?.find(({ name }) => name === list.name);
    const ids = [...new Set([...(held?.ids ?? []), ...list.ids])];
    patient.lists = [...(patient.lists ?? []).filter((one) => one !== held), { ...held, ...list, ids }];
  }

  /** What an item of a list says stands without the list: something else tells of it too. */
  unlist(id: string): void {
    for (const statement of this.#statements) if (statement.id === id) delete statement.listed;
  }

  /** A visit without a number of its own. */
  nameVisit(id: string, visit: AccountVisit): void {
    this.#accountVisits.set(id, visit);
  }

  /** Of which something is stated, and that have no number of their own. */
  get accountVisits(): readonly AccountVisit[] {
    return [...this.#accountVisits].flatMap(([id, visit]) => (this.hasStated(id) ? [visit] : []));
  }

  hasStated(id: string): boolean {
    return this.#stated.has(id);
  }

  get #facility(): string {
    return (this.#encodedFacility ??= encodeURIComponent(this.context.facility));
  }

  /** System of codes that only this facility knows: `urn:anamnesis:<facility>:<table or coding system>`. */
  localSystem(name: string): string {
    return `urn:anamnesis:${this.#facility}:${encodeURIComponent(name)}`;
  }

  /** System of numbers sent without an authority, in a field where none is configured: unique per facility and field. */
  fieldSystem(location: string): string {
    return `urn:anamnesis:facility:${this.#facility}:${location}`;
  }

  /** System of a number whose authority may be missing. */
  systemOf(authority: Authority, location: string): string {
    return isNamed(authority) ? this.context.systemOf(authority) : this.fieldSystem(location);
  }

  /** `numberKey` of the sending facility. */
  businessKey({ universalId }: Authority, parts: readonly string[]): string {
    return numberKey(this.context.facility, universalId !== '', parts);
  }

  patientId(subject: PatientIdentifier): string {
    return this.#name(subject).id;
  }

  patientReference(subject: PatientIdentifier): Reference {
    return this.#name(subject).reference;
  }

  #name(subject: PatientIdentifier) {
    if (this.#named?.subject === subject) return this.#named;
    const { system, value } = subject;
    const id = this.resourceId('Patient', system, value);
    this.#named = { subject, id, reference: { reference: `Patient/${id}`, identifier: { system, value } } };
    return this.#named;
  }

  resourceId(type: string, system: string, key: string): string {
    return this.context.resourceId(type, system, key);
  }

  mapped(name: string, version: number): Mapped {
    if (this.times.isZoneAssumed) this.warn('zone assumed: UTC');
    return { name, version, statements: this.#statements, warnings: [...this.#warnings] };
  }
}

function isNamed({ namespaceId, universalId }: Authority): boolean {
  return namespaceId !== '' || universalId !== '';
}
