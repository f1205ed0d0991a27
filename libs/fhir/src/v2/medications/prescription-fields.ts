/** Where RXO (as ordered) and RXE (as encoded by the pharmacy) say the same things. */
export interface PrescriptionFields {
  readonly code: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly units: number;
  readonly form: number;
  /** Instructions to who gives it, and to who takes it. */
  readonly instructions: readonly number[];
  readonly substitution: number;
  readonly dispense: number;
  readonly dispenseUnits: number;
  readonly refills: number;
  readonly orderer: number;
  readonly strength: number;
  readonly strengthUnits: number;
  readonly volume: number;
  readonly volumeUnits: number;
  readonly rate: number;
  readonly rateUnits: number;
  readonly indication: number;
}

export const rxo: PrescriptionFields = {
  code: 1,
  minimum: 2,
  maximum: 3,
  units: 4,
  form: 5,
  instructions: [6, 7],
  substitution: 9,
  dispense: 11,
  dispenseUnits: 12,
  refills: 13,
  orderer: 14,
  strength: 18,
  strengthUnits: 19,
  volume: 25,
  volumeUnits: 26,
  rate: 21,
  rateUnits: 22,
  indication: 20,
};

export const rxe: PrescriptionFields = {
  code: 2,
  minimum: 3,
  maximum: 4,
  units: 5,
  form: 6,
  instructions: [7, 21],
  substitution: 9,
  dispense: 10,
  dispenseUnits: 11,
  refills: 12,
  orderer: 13,
  strength: 25,
  strengthUnits: 26,
  volume: 33,
  volumeUnits: 34,
  rate: 23,
  rateUnits: 24,
  indication: 27,
};
