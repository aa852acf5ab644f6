//! Simulates power cuts. The disk keeps everything that was synced and an arbitrary part of the rest: unsynced bytes
//! are truncated, and unsynced names are lost, in any combination. A completed save is never lost, and no state is ever
//! partial.
use crate::{
    unsynced::Unsynced,
    world::{folder, now, staging, state},
};
use std::{
    cell::RefCell,
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    rc::Rc,
};
use vidpipe_store::{
    EnvDir, Folder, Lock,
    disk::{Disk, Local},
};

/// A change of a name; `None` removes it.
type Change = (PathBuf, Option<Thing>);

#[derive(Clone, Copy, PartialEq)]
enum Thing {
    Folder,
    File(usize),
}

/// An atomic change of names in that folder.
struct Pending {
    folder: PathBuf,
    changes: Vec<Change>,
}

#[derive(Default)]
struct Platter {
    /// The bytes of every file, and whether they are synced.
    files: Vec<(Vec<u8>, bool)>,
    /// Names as programs see them, and as they are after a power cut.
    names: BTreeMap<PathBuf, Thing>,
    durable: BTreeMap<PathBuf, Thing>,
    pending: Vec<Pending>,
    steps: usize,
    /// The step of the power cut.
    cut: usize,
}

impl Platter {
    fn step(&mut self) -> io::Result<()> {
        self.steps += 1;
        if self.steps >= self.cut { Err(io::Error::other("the power is gone")) } else { Ok(()) }
    }

    fn change(&mut self, changes: Vec<Change>) {
        for (name, thing) in &changes {
            set(&mut self.names, name, *thing);
        }
        let folder = changes[0].0.parent().unwrap().to_owned();
        self.pending.push(Pending { folder, changes });
    }
}

fn set(names: &mut BTreeMap<PathBuf, Thing>, name: &Path, thing: Option<Thing>) {
    match thing {
        Some(thing) => names.insert(name.to_owned(), thing),
        None => names.remove(name),
    };
}

/// A disk that tracks which writes are synced.
#[derive(Clone, Default)]
struct Forgetful(Rc<RefCell<Platter>>);

impl Forgetful {
    fn cut_at(step: usize) -> Self {
        let disk = Self::default();
        disk.0.borrow_mut().cut = step;
        disk
    }

    fn steps(&self) -> usize {
        self.0.borrow().steps
    }

    /// Writes the content that survives the power cut to the real disk.
    fn comes_back(&self, root: &Path, rng: &mut fastrand::Rng) {
        let platter = self.0.borrow();
        let keeps = *rng.choice(&[0.0, 0.5, 1.0]).unwrap();
        let mut names = platter.durable.clone();
        for pending in platter.pending.iter().filter(|_| rng.f64() < keeps) {
            for (name, thing) in &pending.changes {
                set(&mut names, name, *thing);
            }
        }
        if root.exists() {
            fs::remove_dir_all(root).unwrap();
        }
        for (name, thing) in &names {
            // Parents sort before their entries; an entry whose folder is lost is lost too.
            let reached = name == root || name.parent().is_some_and(Path::is_dir);
            match thing {
                _ if !reached => {}
                Thing::Folder => fs::create_dir(name).unwrap(),
                Thing::File(file) => {
                    let (bytes, synced) = &platter.files[*file];
                    let kept = if *synced { bytes.len() } else { rng.usize(..=bytes.len()) };
                    fs::write(name, &bytes[..kept]).unwrap();
                }
            }
        }
    }
}

impl Disk for Forgetful {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        Local.read(path)
    }

    fn make_folder(&self, path: &Path) -> io::Result<()> {
        self.0.borrow_mut().step()?;
        let mut new: Vec<&Path> = path.ancestors().take_while(|p| !p.exists()).collect();
        new.reverse();
        for folder in new {
            self.0.borrow_mut().change(vec![(folder.to_owned(), Some(Thing::Folder))]);
        }
        Local.make_folder(path)
    }

    fn create(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut platter = self.0.borrow_mut();
        platter.step()?;
        Local.create(path, bytes)?;
        let file = platter.files.len();
        platter.files.push((bytes.to_vec(), false));
        platter.change(vec![(path.to_owned(), Some(Thing::File(file)))]);
        Ok(())
    }

    fn sync_file(&self, path: &Path) -> io::Result<()> {
        let mut platter = self.0.borrow_mut();
        platter.step()?;
        let Some(Thing::File(file)) = platter.names.get(path).copied() else { panic!("{}", path.display()) };
        platter.files[file].1 = true;
        Ok(())
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        let mut platter = self.0.borrow_mut();
        platter.step()?;
        assert!(path.is_dir());
        let (kept, pending) = std::mem::take(&mut platter.pending).into_iter().partition(|p| p.folder == path);
        platter.pending = pending;
        let kept: Vec<Pending> = kept;
        for (name, thing) in kept.into_iter().flat_map(|p| p.changes) {
            set(&mut platter.durable, &name, thing);
        }
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut platter = self.0.borrow_mut();
        platter.step()?;
        Local.rename(from, to)?;
        let thing = platter.names[from];
        platter.change(vec![(to.to_owned(), Some(thing)), (from.to_owned(), None)]);
        Ok(())
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut platter = self.0.borrow_mut();
        platter.step()?;
        Local.link(from, to)?;
        let thing = platter.names[from];
        platter.change(vec![(to.to_owned(), Some(thing))]);
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut platter = self.0.borrow_mut();
        platter.step()?;
        if path.exists() {
            Local.remove(path)?;
            platter.change(vec![(path.to_owned(), None)]);
        }
        Ok(())
    }
}

/// The progress before the power cut: the number of nodes in the last completed save, and in the last save that was
/// started.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Come {
    kept: usize,
    begun: usize,
    forgetting: bool,
    forgotten: bool,
}

/// Two runs that save, and one that removes the state.
fn live(place: &EnvDir) -> Come {
    let mut come = Come::default();
    let save = |lock: &Lock, nodes: usize, come: &mut Come| {
        come.begun = nodes;
        let saved = lock.store().save(&state(place, nodes)).is_ok();
        come.kept = if saved { nodes } else { come.kept };
        saved
    };
    for run in [[1, 2], [3, 4]] {
        let Ok(lock) = place.lock("up", now()) else { return come };
        for nodes in run {
            if !save(&lock, nodes, &mut come) {
                return come;
            }
        }
    }
    let Ok(lock) = place.lock("down", now()) else { return come };
    come.forgetting = true;
    come.forgotten = lock.remove_state().is_ok();
    come
}

#[test]
fn no_save_that_returned_is_lost_with_the_power() {
    let steps = {
        let disk = Forgetful::cut_at(usize::MAX);
        let (_dir, sound) = folder();
        assert!(live(&staging(&Folder::on(sound.root(), Rc::new(disk.clone())))).forgotten);
        disk.steps()
    };
    let seeds = if std::env::var_os("VIDPIPE_TORTURE").is_some() { 200 } else { 16 };
    for (cut, seed) in (1..=steps + 1).flat_map(|cut| (0..seeds).map(move |seed| (cut, seed))) {
        let (_dir, sound) = folder();
        let disk = Forgetful::cut_at(cut);
        let come = live(&staging(&Folder::on(sound.root(), Rc::new(disk.clone()))));
        disk.comes_back(sound.root(), &mut fastrand::Rng::with_seed(seed));

        let at = format!("cut at step {cut} of {steps}, seed {seed}, {come:?}");
        let place = staging(&Folder::on(sound.root(), Rc::new(Unsynced)));
        let found = place.read().unwrap_or_else(|e| panic!("{at}: {e}")).map(|s| s.entries.len());
        match found {
            None => assert!(come.kept == 0 || come.forgetting, "{at}: no state"),
            Some(nodes) => {
                assert!((come.kept..=come.begun).contains(&nodes) && !come.forgotten, "{at}: {nodes} nodes");
            }
        }
        place.lock("up", now()).unwrap().store().save(&state(&place, 9)).unwrap();
        assert_eq!(place.read().unwrap().unwrap().entries.len(), 9, "{at}");
    }
    println!("{} power cuts", (steps + 1) * seeds as usize);
}
