//! Webhooks in: is it genuine, what happened, whose turn is it.
//!
//! [`verify`] makes a [`verify::Verified`], which only it can make; [`mod@parse`] turns that into events; [`receive`] is the
//! way of a request through both; [`dedupe`] and [`dispatch`] run each event's handlers once.

#[macro_use]
mod words;

mod account;
mod content;
pub mod dedupe;
pub mod dispatch;
mod generic;
pub mod keys;
pub mod memory;
pub mod parse;
mod peek;
mod query;
mod read;
pub mod receive;
mod shape;
mod unknown;
pub mod verify;
mod whatsapp;

#[cfg(test)]
pub(crate) mod tests;
