//! Calls a function of the provider with any number of register-sized arguments.

use offhook_host_protocol::MAX_ARGS;
use std::{ffi::c_void, mem};

/// Calls `function` with `slots` in the platform's TSPI calling convention (`stdcall` on 32-bit Windows, the C
/// convention elsewhere); `None` where there are more than [`MAX_ARGS`] slots.
///
/// # Safety
///
/// `function` has to be a function of that convention which takes as many arguments as there are slots, each of them
/// no wider than a register.
pub unsafe fn invoke(function: *const c_void, slots: &[usize]) -> Option<i32> {
    macro_rules! slot {
        ($name:ident) => {
            usize
        };
    }
    macro_rules! by_count {
        ($([$($name:ident)*])*) => {
            match *slots {
                $([$($name),*] => {
                    type Function = unsafe extern "system" fn($(slot!($name)),*) -> i32;
                    // SAFETY: the caller vouches for the convention and for the number of arguments.
                    let function = unsafe { mem::transmute::<*const c_void, Function>(function) };
                    // SAFETY: as above; what the provider does in there is what this process exists to find out.
                    Some(unsafe { function($($name),*) })
                })*
                _ => None,
            }
        };
    }
    const { assert!(MAX_ARGS == 13) };
    by_count! {
        []
        [a]
        [a b]
        [a b c]
        [a b c d]
        [a b c d e]
        [a b c d e f]
        [a b c d e f g]
        [a b c d e f g h]
        [a b c d e f g h i]
        [a b c d e f g h i j]
        [a b c d e f g h i j k]
        [a b c d e f g h i j k l]
        [a b c d e f g h i j k l m]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    extern "system" fn none() -> i32 {
        -1
    }

    extern "system" fn three(a: usize, b: u32, c: usize) -> i32 {
        i32::try_from(a * 100 + b as usize * 10 + c).unwrap()
    }

    #[rustfmt::skip]
    extern "system" fn thirteen(
        a: usize, b: usize, c: usize, d: usize, e: usize, f: usize, g: usize,
        h: usize, i: usize, j: usize, k: usize, l: usize, m: usize,
    ) -> i32 {
        let all = [a, b, c, d, e, f, g, h, i, j, k, l, m];
        i32::try_from(all.iter().enumerate().map(|(place, value)| (place + 1) * value).sum::<usize>()).unwrap()
    }

    #[test]
    fn every_argument_arrives_in_its_place() {
        // SAFETY: each function takes exactly as many arguments as it is given.
        unsafe {
            assert_eq!(invoke(none as *const c_void, &[]), Some(-1));
            assert_eq!(invoke(three as *const c_void, &[7, 8, 9]), Some(789));
            let slots: Vec<usize> = (1..=13).collect();
            assert_eq!(
                invoke(thirteen as *const c_void, &slots),
                Some((1..=13).map(|n| n * n).sum())
            );
            assert_eq!(invoke(none as *const c_void, &[0; 14]), None);
        }
    }
}
