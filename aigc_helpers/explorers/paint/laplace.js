// Smooth filling: Laplace's equation in the hole; rivals.py solves the same in Python.
//
// At each pixel p of the hole the sum of u(p) - u(q) over its neighbours q is 0. Known
// pixels at the rim are kept, nothing flows over the edge of the picture.

const PRECISION = 1e-7; // the residual's length, relative to that of the right side

// Float64Array of the picture with its hole filled; null if all is hole.
export function smoothFilling(image, hole, shape) {
  const filled = Float64Array.from(image);
  const unknown = Array.from(hole.keys()).filter((i) => hole[i]);
  if (unknown.length === hole.length) return null;
  const system = equations(filled, unknown, shape);
  conjugateGradients(system).forEach((value, k) => (filled[unknown[k]] = value));
  return filled;
}

// Of each unknown: how many neighbours it has, which of them are unknown (-1: none),
// and the sum of the known ones.
function equations(image, unknown, [height, width]) {
  const place = new Int32Array(image.length).fill(-1);
  unknown.forEach((i, k) => (place[i] = k));
  const n = unknown.length;
  const system = {
    degree: new Float64Array(n),
    next: new Int32Array(4 * n).fill(-1),
    known: new Float64Array(n),
  };
  unknown.forEach((i, k) => {
    const [row, column] = [Math.floor(i / width), i % width];
    const ways = [
      [row > 0, i - width], [row < height - 1, i + width],
      [column > 0, i - 1], [column < width - 1, i + 1],
    ];
    ways.forEach(([inside, there], way) => {
      if (!inside) return;
      system.degree[k] += 1;
      system.next[4 * k + way] = place[there];
      if (place[there] < 0) system.known[k] += image[there];
    });
  });
  return system;
}

// The matrix is symmetric and, since each part of the hole has a rim, positive definite
// (Hestenes and Stiefel, 1952).
function conjugateGradients({ degree, next, known }) {
  const n = known.length;
  const [u, product] = [new Float64Array(n), new Float64Array(n)];
  const residual = Float64Array.from(known);
  const way = Float64Array.from(known);
  let rest = dot(residual, residual);
  const enough = PRECISION ** 2 * rest;
  for (let step = 0; rest > enough && step < 4 * n; step++) {
    multiply(degree, next, way, product);
    const length = rest / dot(way, product);
    for (let k = 0; k < n; k++) {
      u[k] += length * way[k];
      residual[k] -= length * product[k];
    }
    const before = rest;
    rest = dot(residual, residual);
    for (let k = 0; k < n; k++) way[k] = residual[k] + (rest / before) * way[k];
  }
  return u;
}

function multiply(degree, next, vector, product) {
  for (let k = 0; k < vector.length; k++) {
    let sum = degree[k] * vector[k];
    for (let i = 4 * k; i < 4 * k + 4; i++) {
      if (next[i] >= 0) sum -= vector[next[i]];
    }
    product[k] = sum;
  }
}

function dot(a, b) {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
  return sum;
}
