// The latent explorer's state, and which tile of its filmstrip is nearest to it.
//
// z = mix(A, B, t) + coordinates · directions, where A is the sample of the seed (or a
// vector that Python set) and B the sample of the next seed.

import { floats, gaussian, slerp } from "../front/core.js";

export const REACH = 3; // sliders run from -REACH to REACH standard deviations

export class Space {
  constructor(config) {
    this.dim = config.latent_dim;
    this.directions = floats(config.directions); // (n, dim), row by row
    this.size = config.names.length;
  }

  start(state) {
    return state.base ? Float32Array.from(state.base) : gaussian(state.seed, this.dim);
  }

  z(state) {
    const a = this.start(state);
    const b = state.t ? gaussian(state.seed + 1, this.dim) : a;
    const z = state.t ? slerp(a, b, state.t) : a;
    state.coordinates.forEach((value, row) => {
      for (let i = 0; i < this.dim; i++) {
        z[i] += value * this.directions[row * this.dim + i];
      }
    });
    return z;
  }

  atRest(state) {
    return { ...state, t: 0, coordinates: new Array(this.size).fill(0) };
  }

  moved(state, row, value) {
    const change = (old, i) => (i === row ? value : old);
    return { ...state, coordinates: state.coordinates.map(change) };
  }
}

// The state of which a tile is the picture.
export function stateOfTile(space, strip, [row, column]) {
  const { rest, positions } = strip;
  const share = column / (positions - 1);
  if (row < space.size) return space.moved(rest, row, REACH * (2 * share - 1));
  if (row === space.size) return { ...rest, t: share };
  return { ...rest, label: (column - 1) / 2 };
}

// How many tiles stand before this one; in the last row only the classes' count.
export function numberOfTile(space, strip, [row, column]) {
  return row * strip.positions + (row > space.size ? (column - 1) / 2 : column);
}

// Which tile of the filmstrip shows a state best, or null: [row, column].
export function nearestTile(space, strip, state) {
  const { rest } = strip;
  if (JSON.stringify([state.seed, state.base]) !== strip.start) return null;
  if (state.label !== rest.label) return [space.size + 1, 2 * state.label + 1];
  const last = strip.positions - 1;
  const column = (value) => Math.round(((value + REACH) / (2 * REACH)) * last);
  const sizes = state.coordinates.map(Math.abs);
  const row = sizes.indexOf(Math.max(...sizes));
  const moved = space.moved(rest, row, state.coordinates[row]);
  const between = { ...rest, t: state.t };
  const goal = space.z(state);
  const gap = (other) => Math.hypot(...space.z(other).map((v, i) => v - goal[i]));
  if (gap(between) < gap(moved)) return [space.size, Math.round(state.t * last)];
  return [row, column(state.coordinates[row])];
}
