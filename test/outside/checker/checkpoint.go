package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// checkpoint is what a log's signed note says (C2SP tlog-checkpoint).
type checkpoint struct {
	origin string
	tree   tlog.Tree
}

// openCheckpoint verifies a signed checkpoint. One of the keys that signed it must have the origin as its name.
func openCheckpoint(signed []byte, verifiers []note.Verifier) (checkpoint, error) {
	opened, err := note.Open(signed, note.VerifierList(verifiers...))
	if err != nil {
		return checkpoint{}, fmt.Errorf("checkpoint: %w", err)
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 {
		return checkpoint{}, errors.New("checkpoint: it has fewer than three lines")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return checkpoint{}, fmt.Errorf("checkpoint: its size is %q", lines[1])
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return checkpoint{}, fmt.Errorf("checkpoint: its root is %q", lines[2])
	}
	for _, signature := range opened.Sigs {
		if signature.Name == lines[0] {
			return checkpoint{lines[0], tlog.Tree{N: size, Hash: root}}, nil
		}
	}
	return checkpoint{}, fmt.Errorf("checkpoint: no trusted key has the name of its origin, %q", lines[0])
}
