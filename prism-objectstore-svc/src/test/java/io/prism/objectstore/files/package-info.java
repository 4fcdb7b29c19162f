@org.jspecify.annotations.NullMarked
package io.prism.objectstore.files;
