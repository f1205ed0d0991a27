/** Atoms of UCUM (case sensitive) that take a metric prefix, and those that do not. */
const metric = new Set(
  (
    'm s g rad K C cd mol sr Hz N Pa J W A V F Ohm S Wb Cel T H lm lx Bq Gy Sv L l ar t bar u eV pc kat U Np B bit Bd g% eq osm cal cal_IT ' +
    'cal_th dyn erg P St Mx G Oe Gb sb ph Ci R RAD REM m[H2O] m[Hg] B[SPL] B[V] B[W] [iU] [IU] [Cal] st'
  ).split(' '),
);
const plain = new Set(
  (
    "10* 10^ [pi] % [ppth] [ppm] [ppb] [pptr] deg ' '' gon min h d a a_t a_j a_g mo mo_s mo_j wk [in_i] [ft_i] [yd_i] [mi_i] [lb_av] [oz_av] [gr] " +
    "[degF] [gal_us] [qt_us] [pt_us] [foz_us] [cup_us] [tbs_us] [tsp_us] [pH] [drp] [HPF] [LPF] [diop] [arb'U] [USP'U] [CFU] [PFU] [FFU] " +
    "[tb'U] [CCID_50] [TCID_50] [EID_50] [AU] [BAU] [D'ag'U] [Lf] [MPL'U] [GPL'U] [APL'U] [beth'U] [anti'Xa'U] [todd'U] [dye'U] [smgy'U] " +
    "[bdsk'U] [ka'U] [knk'U] [mclg'U] [car_Au] [Amb'a'1'U] [psi] [in_i'Hg] [in_i'H2O] [Btu] [HP] [Ch] [smoot] [MET] [PRU] [S] [hd_i]"
  ).split(' '),
);
const prefixes = 'da Ki Mi Gi Ti Y Z E P T G M k h d c m u n p f a z y'.split(' ');

/**
 * Units that mean the same in UCUM and in any laboratory, so that they may be coded although the sender named no system.
 * What is not here stays text: never guess (fhir.md §2).
 */
const unmistakable = new Set(
  (
    'mg/dL g/dL g/L mg/L ug/L ng/L ug/mL ng/mL ng/dL ug/dL pg/mL pg fL mol/L mmol/L umol/L nmol/L pmol/L mmol/mol meq/L U/L kU/L % kg g mg ug ' +
    'cm mm km mL L dL kg/m2 mm/h mL/min mg/g mg/24.h mm[Hg] Cel [degF] [in_i] [lb_av] 10*3/uL 10*6/uL 10*9/L 10*12/L /uL /min [IU]/L [IU]/mL ' +
    'm[IU]/L m[IU]/mL u[IU]/mL mosm/kg kPa'
  ).split(' '),
);

/** Is this a UCUM expression, as far as its atoms are listed here? */
export function isUcum(text: string): boolean {
  return text.length <= 60 && isTerm(text);
}

export function isUnmistakableUnit(text: string): boolean {
  return unmistakable.has(text);
}

/** term = [/] component {(. | /) component}; brackets of atoms and braces of annotations hide operators. */
function isTerm(text: string): boolean {
  const parts = splitOutside(text.startsWith('/') ? text.slice(1) : text);
  return parts.length > 0 && parts.every(isComponent);
}

function splitOutside(text: string): readonly string[] {
  const parts: string[] = [''];
  let depth = 0;
  for (const character of text) {
    if ('([{'.includes(character)) depth++;
    if (')]}'.includes(character)) depth--;
    if (depth === 0 && (character === '.' || character === '/')) parts.push('');
    else parts.push(`${parts.pop() ?? ''}${character}`);
  }
  return parts;
}

function isComponent(part: string): boolean {
  const unit = part.replace(/\{[!-z|~]*\}$/, '');
  if (unit === '') return part !== '';
  if (unit.startsWith('(') && unit.endsWith(')')) return isTerm(unit.slice(1, -1));
  return /^\d+$/.test(unit) || isAtom(unit) || isAtom(unit.replace(/[+-]?\d+$/, ''));
}

function isAtom(unit: string): boolean {
  if (metric.has(unit) || plain.has(unit)) return true;
  return prefixes.some((prefix) => unit.startsWith(prefix) && metric.has(unit.slice(prefix.length)));
}
