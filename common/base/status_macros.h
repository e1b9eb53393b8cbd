#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Plain statements, never inside an expression. The CO_ twins are for coroutines; their right side
// may hold a co_await.

#define TREBOL_MACRO_JOIN_INNER(a, b) a##b
#define TREBOL_MACRO_JOIN(a, b) TREBOL_MACRO_JOIN_INNER(a, b)

#define RETURN_IF_ERROR(expression) TREBOL_LEAVE_IF_ERROR(expression, return)

#define ASSIGN_OR_RETURN(target, expression) \
  TREBOL_ASSIGN_OR_RETURN(TREBOL_MACRO_JOIN(status_or_, __LINE__), target, expression, return)

#define CO_RETURN_IF_ERROR(expression) TREBOL_LEAVE_IF_ERROR(expression, co_return)

#define CO_ASSIGN_OR_RETURN(target, expression) \
  TREBOL_ASSIGN_OR_RETURN(TREBOL_MACRO_JOIN(status_or_, __LINE__), target, expression, co_return)

// The variable's name must be nobody's: in `expression` it would mean this variable.
#define TREBOL_LEAVE_IF_ERROR(expression, leave)                            \
  do {                                                                      \
    if (::absl::Status trebol_status = (expression); !trebol_status.ok()) { \
      leave trebol_status;                                                  \
    }                                                                       \
  } while (false)

#define TREBOL_ASSIGN_OR_RETURN(temporary, target, expression, leave) \
  auto temporary = (expression);                                      \
  if (!temporary.ok()) {                                              \
    leave temporary.status();                                         \
  }                                                                   \
  target = *std::move(temporary)
