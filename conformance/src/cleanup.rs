//! What must not be left behind however the program ends: registered here, done when its guard drops, and done
//! for all that is registered when the user interrupts.

use std::sync::{Mutex, PoisonError};

type Task = Box<dyn FnOnce() + Send>;

static TASKS: Mutex<Vec<(u64, Task)>> = Mutex::new(Vec::new());
static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);

/// Does its task when it drops, unless [`all`] did it before.
#[must_use = "dropping the guard does the task at once"]
#[derive(Debug)]
pub struct Guard(u64);

/// Registers a task.
pub fn register(task: impl FnOnce() + Send + 'static) -> Guard {
    let id = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    TASKS
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push((id, Box::new(task)));
    Guard(id)
}

/// Makes something and registers the task that takes it away, with no interrupt in between.
pub fn make<T, E, F: FnOnce() + Send + 'static>(
    made: impl FnOnce() -> Result<(T, F), E>,
) -> Result<(T, Guard), E> {
    let mut tasks = TASKS.lock().unwrap_or_else(PoisonError::into_inner);
    let (thing, task) = made()?;
    let id = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    tasks.push((id, Box::new(task)));
    Ok((thing, Guard(id)))
}

impl Drop for Guard {
    fn drop(&mut self) {
        let mut tasks = TASKS.lock().unwrap_or_else(PoisonError::into_inner);
        let task = tasks
            .iter()
            .position(|(id, _)| *id == self.0)
            .map(|index| tasks.remove(index).1);
        drop(tasks);
        if let Some(task) = task {
            task();
        }
    }
}

/// Does every registered task, the latest first. For the handler of an interrupt, which ends the program after it: what
/// other threads would register or make from now on waits until then.
pub fn all() {
    let mut tasks = TASKS.lock().unwrap_or_else(PoisonError::into_inner);
    for (_, task) in std::mem::take(&mut *tasks).into_iter().rev() {
        task();
    }
    std::mem::forget(tasks);
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn a_task_is_done_once() {
        let done = Arc::new(AtomicUsize::new(0));
        let counter = done.clone();
        let guard = register(move || {
            counter.fetch_add(1, Ordering::SeqCst);
        });
        assert_eq!(done.load(Ordering::SeqCst), 0);
        drop(guard);
        assert_eq!(done.load(Ordering::SeqCst), 1);
    }
}
