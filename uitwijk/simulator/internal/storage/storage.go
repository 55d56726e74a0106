// Package storage keeps a site's datastores, each a folder
// DIR/datastores/NAME, and can make all of them unreadable and readable again.
package storage

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"uitwijk/simulator/internal/inventory"
)

const (
	markerName   = ".vcenter-simulator" // says that a folder is ours, and is locked while one runs
	hiddenPrefix = ".unreadable-"
)

// Store is the folders of one site's datastores.
type Store struct {
	root   string
	names  []string
	marker *os.File

	mu     sync.Mutex
	hidden string // where the folders are while they are unreadable, else empty
}

// Open makes the folders that are missing below dir. What an earlier run left
// in a datastore that is not replicated is deleted; a replicated datastore
// keeps its files. One folder serves one simulator at a time.
func Open(dir string, datastores []inventory.Datastore) (*Store, error) {
	root, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Join(root, "datastores"), 0o755); err != nil {
		return nil, fmt.Errorf("cannot make the data folder: %w", err)
	}
	s := &Store{root: root}
	for _, d := range datastores {
		s.names = append(s.names, d.Name)
	}
	ours, err := s.lock()
	if err != nil {
		return nil, err
	}
	if err := s.prepareAll(datastores, ours); err != nil {
		if !ours { // or the next start would take what it finds for our own
			err = errors.Join(err, os.Remove(s.marker.Name()))
		}
		s.marker.Close()
		return nil, err
	}
	return s, nil
}

// Path is the folder of the named datastore.
func (s *Store) Path(name string) string {
	return filepath.Join(s.root, "datastores", name)
}

// Readable tells whether the folders can be reached.
func (s *Store) Readable() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hidden == ""
}

// SetReadable makes every datastore reachable or unreachable by path for
// everyone, root included: an unreadable folder is moved to a name that cannot
// be guessed, and a plain file takes its place. Files that are open already
// stay open.
func (s *Store) SetReadable(readable bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if readable == (s.hidden == "") {
		return nil
	}
	if readable {
		if err := s.bringBack(s.hidden); err != nil {
			return err
		}
		s.hidden = ""
		return nil
	}
	hidden := filepath.Join(s.root, hiddenPrefix+rand.Text())
	if err := os.Mkdir(hidden, 0o700); err != nil {
		return err
	}
	for _, name := range s.names {
		if err := hide(s.Path(name), filepath.Join(hidden, name)); err != nil {
			return errors.Join(err, s.bringBack(hidden))
		}
	}
	s.hidden = hidden
	return nil
}

// Close makes the folders readable again and releases the data folder.
func (s *Store) Close() error {
	return errors.Join(s.SetReadable(true), s.marker.Close())
}

// lock takes the marker file; ours tells whether it was there before.
func (s *Store) lock() (ours bool, err error) {
	path := filepath.Join(s.root, markerName)
	_, err = os.Stat(path)
	ours = err == nil
	if s.marker, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644); err != nil {
		return false, err
	}
	if err := syscall.Flock(int(s.marker.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		s.marker.Close()
		return false, fmt.Errorf("data folder %s is in use by another simulator", s.root)
	}
	return ours, nil
}

// recover brings back what a simulator hid that was killed.
func (s *Store) recover() error {
	left, err := filepath.Glob(filepath.Join(s.root, hiddenPrefix+"*"))
	for _, hidden := range left {
		err = errors.Join(err, s.bringBack(hidden))
	}
	return err
}

func (s *Store) prepareAll(datastores []inventory.Datastore, ours bool) error {
	if err := s.recover(); err != nil {
		return err
	}
	for _, d := range datastores {
		if err := s.prepare(d, ours); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) prepare(d inventory.Datastore, ours bool) error {
	path := s.Path(d.Name)
	if err := os.MkdirAll(path, 0o755); err != nil {
		return fmt.Errorf("cannot make datastore %s: %w", d.Name, err)
	}
	if d.Replicated {
		return nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return err
	}
	if len(entries) > 0 && !ours {
		return fmt.Errorf("%s holds files that no simulator made: empty it or choose another data folder", path)
	}
	for _, entry := range entries {
		if err := os.RemoveAll(filepath.Join(path, entry.Name())); err != nil {
			return err
		}
	}
	return nil
}

func hide(folder, hidden string) error {
	if err := os.Rename(folder, hidden); err != nil {
		return err
	}
	file, err := os.OpenFile(folder, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o000)
	if err != nil {
		return err
	}
	return file.Close()
}

// bringBack moves every folder below hidden to its place again.
func (s *Store) bringBack(hidden string) error {
	entries, err := os.ReadDir(hidden)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		place := s.Path(entry.Name())
		if err := os.Remove(place); err != nil && !os.IsNotExist(err) {
			return err
		}
		if err := os.Rename(filepath.Join(hidden, entry.Name()), place); err != nil {
			return err
		}
	}
	return os.Remove(hidden)
}
