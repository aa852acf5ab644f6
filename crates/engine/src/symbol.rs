//! Symbolic outputs, for resources that do not exist yet: every text field of an output type holds its own path,
//! `${vpc.id}`.
//!
//! Any `Deserialize` type names its own fields, so a deserialiser that returns paths needs no derive and no macro.
use crate::{Class, Error, Name, Result};
use serde::{
    Deserializer,
    de::{DeserializeOwned, Error as _, IntoDeserializer, Visitor, value},
    forward_to_deserialize_any,
};

/// A symbolic output of that node.
///
/// # Errors
/// When the type holds anything but text, lists of text, options and structs of them.
pub(crate) fn symbolic<T: DeserializeOwned>(node: &Name) -> Result<T> {
    T::deserialize(Symbol(node.0.clone()))
        .map_err(|e| Error::new(Class::Invalid, format!("make a symbolic output of {node}: {e}")))
}

struct Symbol(String);

impl IntoDeserializer<'_, value::Error> for Symbol {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Symbol {
    type Error = value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, value::Error> {
        Err(value::Error::custom(format!("{} is not text", self.0)))
    }
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, value::Error> {
        visitor.visit_string(format!("${{{}}}", self.0))
    }
    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, value::Error> {
        self.deserialize_str(visitor)
    }
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, value::Error> {
        visitor.visit_some(self)
    }
    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, value::Error> {
        visitor.visit_unit()
    }
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, value::Error> {
        visitor.visit_seq(value::SeqDeserializer::new(std::iter::once(Symbol(format!("{}[*]", self.0)))))
    }
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, value::Error> {
        visitor.visit_newtype_struct(self)
    }
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, value::Error> {
        let each = fields.iter().map(|f| (*f, Symbol(format!("{}.{f}", self.0))));
        visitor.visit_map(value::MapDeserializer::new(each))
    }
    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit_struct tuple tuple_struct map
        enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Endpoint {
        host: String,
        zones: Vec<String>,
        reader: Option<String>,
    }

    #[test]
    fn every_text_field_becomes_its_own_path() {
        let made: Endpoint = symbolic(&Name::from("db")).expect("an endpoint is text");
        assert_eq!(
            made,
            Endpoint {
                host: "${db.host}".into(),
                zones: vec!["${db.zones[*]}".into()],
                reader: Some("${db.reader}".into())
            }
        );
    }

    #[test]
    fn a_number_cannot_be_symbolic() {
        #[derive(Debug, Deserialize)]
        #[allow(dead_code, reason = "only its shape matters")]
        struct Port {
            port: u16,
        }
        let refused = symbolic::<Port>(&Name::from("db")).expect_err("a number has no symbol");
        assert!(refused.message.contains("db.port is not text"), "{refused}");
    }
}
