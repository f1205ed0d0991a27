import { adtA15 } from './adt-a15.js';
import { adtA16 } from './adt-a16.js';
import { adtA17 } from './adt-a17.js';
import { adtA18 } from './adt-a18.js';
import { adtA20 } from './adt-a20.js';
import { adtA24, adtA37 } from './adt-a24.js';
import { adtA30 } from './adt-a30.js';
import { adtA43, adtA44, adtA45 } from './adt-a43.js';
import { adtA50 } from './adt-a50.js';
import { adtA52 } from './adt-a52.js';
import { adtA54 } from './adt-a54.js';
import { adtA60 } from './adt-a60.js';
import { adtA61 } from './adt-a61.js';
import { barP01, barP02, barP05, barP06, barP12 } from './bar-p01.js';
import { dftP03, dftP11 } from './dft-p03.js';
import { mfnM02, mfnM05 } from './mfn-m02.js';
import { pglPc6, pprPc1 } from './ppr-pc1.js';
import { refI12 } from './ref-i12.js';
import type { StructureMapping } from '../structure-mapping.js';

/** Structures of the ADT family beside those of stays and merges that every hospital sends. */
const adt: readonly StructureMapping[] = [
  adtA15,
  adtA16,
  adtA17,
  adtA18,
  adtA20,
  adtA24,
  adtA37,
  adtA30,
  adtA43,
  adtA44,
  adtA45,
  adtA50,
  adtA52,
  adtA54,
  adtA60,
  adtA61,
];

/** ADT, accounts and charges, problems and goals, master files, referrals. */
export const administrative: readonly StructureMapping[] = [
  ...adt,
  barP01,
  barP02,
  barP05,
  barP06,
  barP12,
  dftP03,
  dftP11,
  mfnM02,
  mfnM05,
  pglPc6,
  pprPc1,
  refI12,
];
