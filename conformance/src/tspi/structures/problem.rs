//! What can be wrong with the layout of a structure.

/// One thing wrong with the layout of a structure, with the numbers that show it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the fields are the numbers that each sentence names")]
pub enum LayoutProblem {
    /// The memory ends inside the fixed part.
    #[error("{have} bytes do not hold the fixed part of {fixed} bytes")]
    FixedPartCut { have: usize, fixed: usize },
    /// `dwTotalSize` is not the size of the memory that was given.
    #[error("dwTotalSize was {was}, is {is}")]
    TotalSizeChanged { was: usize, is: u32 },
    /// More is used than there is.
    #[error("dwUsedSize {used} exceeds dwTotalSize {total}")]
    UsedExceedsTotal { used: u32, total: u32 },
    /// More is used than is needed.
    #[error("dwUsedSize {used} exceeds dwNeededSize {needed}")]
    UsedExceedsNeeded { used: u32, needed: u32 },
    /// Less is used than every structure of this version has.
    #[error("dwUsedSize {used} does not cover the fixed part of {fixed} bytes")]
    UsedBelowFixed { used: u32, fixed: usize },
    /// Less is needed than every structure of this version has.
    #[error("dwNeededSize {needed} does not cover the fixed part of {fixed} bytes")]
    NeededBelowFixed { needed: u32, fixed: usize },
    /// A variable part reaches past what is used.
    #[error("{part} (offset {offset}, size {size}) reaches past the {used} bytes used")]
    PartOutsideUsed {
        part: &'static str,
        offset: u32,
        size: u32,
        used: u32,
    },
    /// A variable part begins inside the fixed part.
    #[error("{part} (offset {offset}, size {size}) begins inside the fixed part of {fixed} bytes")]
    PartOverlapsFixed {
        part: &'static str,
        offset: u32,
        size: u32,
        fixed: usize,
    },
    /// Two variable parts share some bytes and each has some of its own.
    #[error("{part} (offset {offset}, size {size}) overlaps {other}")]
    PartsOverlap {
        part: &'static str,
        offset: u32,
        size: u32,
        other: &'static str,
    },
    /// A Unicode string of an odd number of bytes.
    #[error("{part} is a Unicode string of {size} bytes, an odd number")]
    OddUtf16 { part: &'static str, size: usize },
    /// A Unicode string with half a surrogate pair.
    #[error("{part} is no valid UTF-16")]
    BadUtf16 { part: &'static str },
    /// A string that does not end in NUL, or a list of strings that does not end in two.
    #[error("{part} has no terminator within its {size} bytes")]
    MissingTerminator { part: &'static str, size: usize },
    /// A string in a structure whose `dwStringFormat` is no STRINGFORMAT_ constant.
    #[error("{part} cannot be read: dwStringFormat is {format:#x}")]
    UnknownStringFormat { part: &'static str, format: u32 },
    /// A list whose size is no multiple of its entries' size.
    #[error("{part} of {size} bytes is no whole number of entries of {entry} bytes")]
    UnevenList {
        part: &'static str,
        size: usize,
        entry: usize,
    },
    /// A list whose entries are not as many as the member that counts them says.
    #[error("{part} has {entries} entries, and {member} says {count}")]
    CountDiffers {
        part: &'static str,
        entries: usize,
        member: &'static str,
        count: u32,
    },
    /// More entries are announced than there is room for.
    #[error("{part} has room for {room} of the {count} entries announced")]
    CountExceedsRoom {
        part: &'static str,
        count: u32,
        room: usize,
    },
}
