/* Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
 *
 * embed_c IN.mlir compiles a file through the C interface and prints the PTX.
 * No header or library of LLVM is needed to build it: they are behind
 * libKilnCAPI.so. */

#include "kiln-c/Compiler.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void complain(KilnSeverity severity, const char *message, void *user) {
  (void)user;
  if (severity != KILN_REMARK)
    fprintf(stderr, "embed_c: %s\n", message);
}

/* The text of a file, ended by a zero byte; null after a message. */
static char *readFile(const char *name) {
  FILE *file = fopen(name, "rb");
  char *text = NULL;
  size_t length = 0, capacity = 0;
  if (!file) {
    perror(name);
    return NULL;
  }
  do {
    if (capacity - length < 2) {
      char *larger = realloc(text, capacity = 2 * capacity + 4096);
      if (!larger) {
        free(text);
        fclose(file);
        fprintf(stderr, "embed_c: no memory for %s\n", name);
        return NULL;
      }
      text = larger;
    }
    length += fread(text + length, 1, capacity - length - 1, file);
  } while (!feof(file) && !ferror(file));
  text[length] = '\0';
  if (ferror(file)) {
    perror(name);
    free(text);
    text = NULL;
  }
  fclose(file);
  return text;
}

int main(int argc, char **argv) {
  KilnCompileOptions options;
  KilnArtifact *artifact;
  char *source;
  size_t i;
  int found = 0;
  if (argc != 2) {
    fprintf(stderr, "usage: embed_c IN.mlir\n");
    return 2;
  }
  source = readFile(argv[1]);
  if (!source)
    return 2;

  memset(&options, 0, sizeof options); /* All defaults, no ptxas. */
  artifact =
      kilnCompile(source, strlen(source), argv[1], &options, complain, NULL);
  free(source);
  if (!artifact)
    return 1; /* The callback has said why. */
  for (i = 0; i < kilnArtifactGetNumFiles(artifact); ++i) {
    if (strcmp(kilnArtifactGetFileName(artifact, i), "kernels.ptx") == 0) {
      size_t length;
      const char *ptx = kilnArtifactGetFileData(artifact, i, &length);
      found = fwrite(ptx, 1, length, stdout) == length;
    }
  }
  kilnArtifactDestroy(artifact);
  return found ? 0 : 1;
}
