//! The DLL, a provider's or that of its user interface: its exports looked up by name and remembered, and unloaded at the end
//! where the process is to go on.

use libloading::Library;
use std::{
    collections::{HashMap, HashSet},
    error::Error,
    ffi::c_void,
    io,
    sync::{Mutex, PoisonError},
};

/// The names of functions that were ever looked up and found.
static NAMES: Mutex<Option<HashSet<&'static str>>> = Mutex::new(None);

/// A loaded DLL.
pub struct Provider {
    path: String,
    library: Library,
    exports: HashMap<String, Option<Export>>,
}

/// An exported function.
#[derive(Clone, Copy)]
pub struct Export {
    /// Where it begins.
    pub address: Address,
    /// Its name; lives as long as the process, for the crash handler.
    pub name: &'static str,
}

/// Where a function begins; it stays there as long as the DLL is loaded, whichever thread calls it.
#[derive(Clone, Copy)]
pub struct Address(pub *const c_void);

// SAFETY: an address of code, which is never written, nor unloaded while a thread of this program may call it.
unsafe impl Send for Address {}

/// Why the DLL could not be loaded, in the operating system's words and number.
pub struct LoadFailure {
    /// The operating system's words.
    pub what: String,
    /// The operating system's number, 0 where it gives none.
    pub code: i64,
}

impl Provider {
    /// Loads the DLL at `path`, all that it imports included.
    pub fn load(path: &str) -> Result<Provider, LoadFailure> {
        let library = open(path).map_err(failure)?;
        Ok(Provider {
            path: path.to_owned(),
            library,
            exports: HashMap::new(),
        })
    }

    /// The function that the DLL exports by exactly this name.
    pub fn export(&mut self, name: &str) -> Option<Export> {
        if let Some(known) = self.exports.get(name) {
            return *known;
        }
        // SAFETY: the type is a plain pointer, whatever the symbol is.
        let symbol = unsafe { self.library.get::<*const c_void>(name) }.ok();
        // SAFETY: the library is unloaded only together with what remembers the address.
        let found = symbol.and_then(|symbol| unsafe { symbol.try_as_raw_ptr() });
        let found = found.map(|address| Export {
            address: Address(address),
            name: lasting(name),
        });
        self.exports.insert(name.to_owned(), found);
        found
    }

    /// Unloads the DLL; an error tells why it stays.
    pub fn unload(self) -> Result<(), String> {
        let Provider { path, library, .. } = self;
        library.close().map_err(|error| failure(error).what)?;
        match is_loaded(&path) {
            true => Err("the DLL stays loaded".to_owned()),
            false => Ok(()),
        }
    }

    /// Leaves the DLL loaded until the process ends.
    pub fn keep(self) {
        std::mem::forget(self.library);
    }
}

/// The name for as long as the process lives.
fn lasting(name: &str) -> &'static str {
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    let names = names.get_or_insert_default();
    if let Some(known) = names.get(name) {
        return known;
    }
    let name = Box::leak(name.to_owned().into_boxed_str());
    names.insert(name);
    name
}

/// Why a DLL could not be loaded.
fn failure(error: libloading::Error) -> LoadFailure {
    let code = if cfg!(windows) {
        io::Error::last_os_error().raw_os_error().unwrap_or(0)
    } else {
        0
    };
    let mut what = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        what = format!("{what}: {error}");
        cause = error.source();
    }
    LoadFailure {
        what,
        code: code.into(),
    }
}

#[cfg(unix)]
fn open(path: &str) -> Result<Library, libloading::Error> {
    use libloading::os::unix;
    // Every import is resolved now, so that one that is missing fails the load, as it does on Windows.
    // SAFETY: running the provider's initialisers is what this process exists for.
    unsafe { unix::Library::open(Some(path), unix::RTLD_NOW | unix::RTLD_LOCAL) }.map(Library::from)
}

#[cfg(unix)]
fn is_loaded(path: &str) -> bool {
    use libloading::os::unix;
    // SAFETY: loads nothing; what is there already has been initialised before.
    unsafe { unix::Library::open(Some(path), unix::RTLD_NOW | libc::RTLD_NOLOAD) }.is_ok()
}

#[cfg(windows)]
fn is_loaded(path: &str) -> bool {
    libloading::os::windows::Library::open_already_loaded(path).is_ok()
}

#[cfg(windows)]
fn open(path: &str) -> Result<Library, libloading::Error> {
    use libloading::os::windows;
    // What the DLL imports is looked for beside it first, where its vendor's installer puts it.
    // SAFETY: running the provider's initialisers is what this process exists for.
    unsafe { windows::Library::load_with_flags(path, windows::LOAD_WITH_ALTERED_SEARCH_PATH) }
        .map(Library::from)
}
