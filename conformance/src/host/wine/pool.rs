//! The prefixes of this process: taken from the cache under lock, handed to one child at a time.

use super::{Wine, prefix::Prefix};
use crate::host::HostError;
use etcetera::BaseStrategy;
use std::{
    fmt,
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex, PoisonError},
};

/// How many prefixes are tried before something must be wrong.
const MOST: usize = 64;

/// Wine prefixes of our own; a clone is the same pool. They are stopped, so that no Wine process is left, when the last
/// clone and the last child are gone.
#[derive(Clone)]
pub struct WinePrefix(Arc<Pool>);

/// Who is told what takes long.
type Progress = Box<dyn FnMut(&str) + Send>;

struct Pool {
    wine: Wine,
    cache: PathBuf,
    progress: Mutex<Progress>,
    free: Mutex<Vec<Prefix>>,
}

/// A prefix that is one child's, or one caller's for programs of its own; given back to the pool when dropped.
pub struct Seat {
    /// `None` only while it is given back.
    prefix: Option<Prefix>,
    pool: Arc<Pool>,
}

impl WinePrefix {
    /// Finds Wine and takes a prefix from the user's cache (`offhook/wine/prefix-N` in it), making it where there is no
    /// free one. `progress` is told what takes long, in a sentence without a full stop.
    pub fn take(progress: impl FnMut(&str) + Send + 'static) -> Result<WinePrefix, HostError> {
        let base = etcetera::choose_base_strategy().map_err(|error| HostError::prefix("~/.cache", error))?;
        WinePrefix::take_in(base.cache_dir().join("offhook").join("wine"), progress)
    }

    /// [`WinePrefix::take`] with a folder of the caller's for the prefixes.
    pub fn take_in(
        cache: impl Into<PathBuf>,
        progress: impl FnMut(&str) + Send + 'static,
    ) -> Result<WinePrefix, HostError> {
        let pool = Pool {
            wine: Wine::find()?,
            cache: cache.into(),
            progress: Mutex::new(Box::new(progress)),
            free: Mutex::default(),
        };
        // One is taken now, so that what is wrong with Wine is known before anything is begun.
        let first = pool.acquire()?;
        pool.put_back(first);
        Ok(WinePrefix(Arc::new(pool)))
    }

    /// A free prefix, made where all are taken.
    pub fn seat(&self) -> Result<Seat, HostError> {
        let free = self.0.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let prefix = free.map_or_else(|| self.0.acquire(), Ok)?;
        Ok(Seat {
            prefix: Some(prefix),
            pool: self.0.clone(),
        })
    }
}

impl fmt::Debug for WinePrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WinePrefix")
            .field("cache", &self.0.cache)
            .field("wine", &self.0.wine)
            .finish_non_exhaustive()
    }
}

impl Pool {
    /// The first prefix of the cache that no other process (nor this one) holds.
    fn acquire(&self) -> Result<Prefix, HostError> {
        fs::create_dir_all(&self.cache).map_err(|error| HostError::prefix(&self.cache, error))?;
        for number in 1..=MOST {
            let dir = self.cache.join(format!("prefix-{number}"));
            let lock =
                File::create(dir.with_extension("lock")).map_err(|error| HostError::prefix(&dir, error))?;
            match lock.try_lock() {
                Ok(()) => {
                    let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
                    return Prefix::open(self.wine.clone(), dir, lock, &mut **progress);
                }
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(HostError::prefix(&dir, error)),
            }
        }
        Err(HostError::prefix(
            &self.cache,
            format!("all of {MOST} prefixes are in use: end other runs of Offhook"),
        ))
    }

    fn put_back(&self, prefix: Prefix) {
        self.free
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(prefix);
    }
}

impl Seat {
    /// Sees to it that Wine's services run, so that the child starts fast and they inherit nothing of its.
    pub fn warm_up(&mut self, host_exe: &Path) -> Result<(), HostError> {
        self.prefix
            .as_mut()
            .map_or(Ok(()), |prefix| prefix.warm_up(host_exe))
    }

    /// Makes these ports `COM1`, `COM2`, …, and no others.
    pub fn map_ports(&self, ports: &[String]) -> Result<(), HostError> {
        self.prefix
            .as_ref()
            .map_or(Ok(()), |prefix| prefix.map_ports(ports))
    }

    /// Where the prefix is.
    pub(in crate::host) fn dir(&self) -> &Path {
        self.prefix.as_ref().map_or(Path::new(""), Prefix::dir)
    }

    /// A command that runs a Windows program in the prefix.
    pub fn command(&self, program: &Path) -> Command {
        let dir = self.prefix.as_ref().map_or(Path::new(""), Prefix::dir);
        self.pool.wine.command(dir, program)
    }
}

impl fmt::Debug for Seat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seat")
            .field("dir", &self.prefix.as_ref().map(Prefix::dir))
            .finish_non_exhaustive()
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if let Some(prefix) = self.prefix.take() {
            self.pool.put_back(prefix);
        }
    }
}
