/** What tests of every module share: a real PostgreSQL and a clock that tests set. */
@NullMarked
package io.r1platform.testing;

import org.jspecify.annotations.NullMarked;
