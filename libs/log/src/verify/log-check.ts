import type { OnFault } from './fault.js';
import { RootCheck } from './root-check.js';
import { StreamedTree, type BuiltTile } from './streamed-tree.js';
import { TileCheck } from './tile-check.js';

/** Rebuilds a log's tree from its leaves, in their order, and holds roots and tiles against it. */
export class LogCheck {
  readonly tree: StreamedTree;
  readonly roots: RootCheck;
  readonly tiles: TileCheck;
  private built: BuiltTile[] = [];

  constructor(onFault: OnFault) {
    this.tree = new StreamedTree((tile) => this.built.push(tile));
    this.roots = new RootCheck(this.tree, onFault);
    this.tiles = new TileCheck(onFault);
  }

  /** Adds the leaf hash at `at` of `hashes`. What is claimed of sizes up to there has to be known by now. */
  add(hashes: Buffer, at: number): void {
    if (this.tree.size === this.roots.nextSize) this.roots.check();
    this.tree.add(hashes, at);
  }

  /** The tiles that became full since it was last asked; they wait in memory until then. */
  takeTiles(): BuiltTile[] {
    const { built } = this;
    this.built = [];
    return built;
  }

  get waitingTiles(): number {
    return this.built.length;
  }

  /** All leaves were added. */
  end(): void {
    if (this.tree.size === this.roots.nextSize) this.roots.check();
    this.roots.end();
    this.tiles.end();
  }
}
