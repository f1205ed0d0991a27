import { adtA01 } from './messages/adt-a01.js';
import { adtA02 } from './messages/adt-a02.js';
import { adtA03 } from './messages/adt-a03.js';
import { adtA05 } from './messages/adt-a05.js';
import { adtA06 } from './messages/adt-a06.js';
import { adtA09 } from './messages/adt-a09.js';
import { adtA12 } from './messages/adt-a12.js';
import { adtA15 } from './messages/adt-a15.js';
import { adtA16 } from './messages/adt-a16.js';
import { adtA17 } from './messages/adt-a17.js';
import { adtA18 } from './messages/adt-a18.js';
import { adtA20 } from './messages/adt-a20.js';
import { adtA21 } from './messages/adt-a21.js';
import { adtA24, adtA37 } from './messages/adt-a24.js';
import { adtA30 } from './messages/adt-a30.js';
import { adtA38 } from './messages/adt-a38.js';
import { adtA39 } from './messages/adt-a39.js';
import { adtA43, adtA44, adtA45 } from './messages/adt-a43.js';
import { adtA50 } from './messages/adt-a50.js';
import { adtA52 } from './messages/adt-a52.js';
import { adtA54 } from './messages/adt-a54.js';
import { adtA60 } from './messages/adt-a60.js';
import { adtA61 } from './messages/adt-a61.js';
import { barP01, barP02, barP05, barP06, barP12 } from './messages/bar-p01.js';
import { dftP03, dftP11 } from './messages/dft-p03.js';
import { mfnM02, mfnM05 } from './messages/mfn-m02.js';
import { oruR01 } from './messages/oru-r01.js';
import { pglPc6, pprPc1 } from './messages/ppr-pc1.js';
import type { StructureMapping } from './structure-mapping.js';

const adt: readonly StructureMapping[] = [
  ...[adtA01, adtA02, adtA03, adtA05, adtA06, adtA09, adtA12, adtA15, adtA16, adtA17, adtA18, adtA20, adtA21, adtA24],
  ...[adtA30, adtA37, adtA38, adtA39, adtA43, adtA44, adtA45, adtA50, adtA52, adtA54, adtA60, adtA61],
];

const billing: readonly StructureMapping[] = [barP01, barP02, barP05, barP06, barP12, dftP03, dftP11];

/** Every structure with a mapping, by its name in table 0354. A new one is one file and one line here. */
export const structures: ReadonlyMap<string, StructureMapping> = new Map(
  [...adt, ...billing, mfnM02, mfnM05, oruR01, pprPc1, pglPc6].map((one) => [one.name, one]),
);
