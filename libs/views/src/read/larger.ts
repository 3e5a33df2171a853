/** An array of twice the length that begins with the same numbers. */
export function larger<T extends Int32Array | Float64Array>(numbers: T): T {
  const Same = numbers.constructor as new (length: number) => T;
  const twice = new Same(numbers.length * 2);
  twice.set(numbers);
  return twice;
}
