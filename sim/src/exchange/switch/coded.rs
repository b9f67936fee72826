//! A macro for enumerations that the standard numbers.

/// Makes an enumeration whose values have the numbers and names of ECMA-285, with lookups both ways.
macro_rules! coded_enum {
    ($(#[$meta:meta])* $name:ident { $($variant:ident = $code:literal $text:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs, reason = "the values are the standard's own, spelled as it spells them")]
        pub enum $name { $($variant = $code,)* }

        impl $name {
            /// All values, in the order of the table.
            pub const ALL: &[$name] = &[$($name::$variant,)*];

            /// The number of this value on the wire (ECMA-285).
            pub fn code(self) -> u16 {
                self as u16
            }

            /// The name of this value in the standard's ASN.1.
            pub fn name(self) -> &'static str {
                match self { $($name::$variant => $text,)* }
            }

            /// The value with this number.
            pub fn from_code(code: u16) -> Option<$name> {
                match code { $($code => Some($name::$variant),)* _ => None }
            }

            /// The value with this name in the standard's ASN.1.
            pub fn from_name(name: &str) -> Option<$name> {
                match name { $($text => Some($name::$variant),)* _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

pub(crate) use coded_enum;
