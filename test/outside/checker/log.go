package main

import (
	"bytes"
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// checkLog reads all of a log: the tree over its entries must have the checkpoint's root, every tile must be what the
// entries make it, and the tiles must prove that the log continues the held checkpoint.
func checkLog(url, heldFile, saveFile string, verifiers []note.Verifier) (string, error) {
	log := source{url}
	signed, err := log.get("checkpoint")
	if err != nil {
		return "", err
	}
	latest, err := openCheckpoint(signed, verifiers)
	if err != nil {
		return "", err
	}
	said := fmt.Sprintf("%s, %d entries, root %s", latest.origin, latest.tree.N, latest.tree.Hash)
	if heldFile != "" {
		size, err := checkHeld(heldFile, latest, log, verifiers)
		if err != nil {
			return "", err
		}
		said += fmt.Sprintf(", continues the held checkpoint of %d entries", size)
	}
	hashes, err := hashEntries(latest.tree.N, log)
	if err != nil {
		return "", err
	}
	root, err := tlog.TreeHash(latest.tree.N, hashes)
	if err != nil {
		return "", err
	}
	if root != latest.tree.Hash {
		return "", fmt.Errorf("the entries have the root %s, the checkpoint of %d entries says %s",
			root, latest.tree.N, latest.tree.Hash)
	}
	if err := checkTiles(latest.tree.N, log, hashes); err != nil {
		return "", err
	}
	if saveFile != "" {
		if err := os.WriteFile(saveFile, signed, 0o644); err != nil {
			return "", err
		}
	}
	return said, nil
}

// hashEntries reads all entries; what it returns has every hash of the tree over them.
func hashEntries(size int64, log source) (tlog.HashReader, error) {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			hashes[i] = stored[index]
		}
		return hashes, nil
	})
	const portion = 4 * atOnce
	for first := int64(0); first*width < size; first += portion {
		var wanted []tlog.Tile
		for n := first; n < first+portion && n*width < size; n++ {
			wanted = append(wanted, tlog.Tile{H: height, L: bundles, N: n, W: int(min(width, size-n*width))})
		}
		read, err := inParallel(wanted, log.readEntries)
		if err != nil {
			return nil, err
		}
		for i, entries := range read {
			for k, entry := range entries {
				index := wanted[i].N*width + int64(k)
				hashes, err := tlog.StoredHashes(index, entry, reader)
				if err != nil {
					return nil, err
				}
				stored = append(stored, hashes...)
			}
		}
	}
	return reader, nil
}

// checkTiles compares every tile with the one that the entries give.
func checkTiles(size int64, log source, hashes tlog.HashReader) error {
	_, err := inParallel(tlog.NewTiles(height, 0, size), func(tile tlog.Tile) (struct{}, error) {
		served, err := log.readHashes(tile)
		if err != nil {
			return struct{}{}, err
		}
		made, err := tlog.ReadTileData(tile, hashes)
		if err != nil {
			return struct{}{}, err
		}
		for i := 0; i < tile.W; i++ {
			if from, to := i*tlog.HashSize, (i+1)*tlog.HashSize; !bytes.Equal(served[from:to], made[from:to]) {
				return struct{}{}, fmt.Errorf("%s: its hash %d is not that of the entries below", path(tile), i)
			}
		}
		return struct{}{}, nil
	})
	return err
}

// checkHeld proves by the log's tiles that it continues a checkpoint that was seen before.
func checkHeld(file string, latest checkpoint, log source, verifiers []note.Verifier) (int64, error) {
	signed, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	held, err := openCheckpoint(signed, verifiers)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", file, err)
	}
	switch {
	case held.origin != latest.origin:
		return 0, fmt.Errorf("the held checkpoint is of another log, %s", held.origin)
	case held.tree.N > latest.tree.N:
		return 0, fmt.Errorf("the log has %d entries, fewer than the %d of the held checkpoint", latest.tree.N, held.tree.N)
	case held.tree.N == 0:
		return 0, nil
	}
	proof, err := tlog.ProveTree(latest.tree.N, held.tree.N, tlog.TileHashReader(latest.tree, log))
	if err != nil {
		return 0, fmt.Errorf("proof that the log continues the held checkpoint of %d entries: %w", held.tree.N, err)
	}
	if err := tlog.CheckTree(proof, latest.tree.N, latest.tree.Hash, held.tree.N, held.tree.Hash); err != nil {
		return 0, fmt.Errorf("the log does not continue the held checkpoint of %d entries: %w", held.tree.N, err)
	}
	return held.tree.N, nil
}
