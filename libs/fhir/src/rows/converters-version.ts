/**
 * Grows with every change of what a row becomes under one mapping file: of a converter, of the FHIR structure that elements are
 * checked against, of how resources are put together and named. Rows that were told by an earlier one are told again.
 */
export const convertersVersion = 2;
