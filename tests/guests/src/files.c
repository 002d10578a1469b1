// Works on a folder that the host granted as /data: files, folders, links, seeks, times; prints what it finds.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void check(const char *what, int ok) {
    printf("%s: %s\n", what, ok ? "ok" : strerror(errno));
}

static int by_name(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int main(void) {
    check("make folder", mkdir("/data/sub", 0777) == 0);
    check("make it again", mkdir("/data/sub", 0777) == 0);
    FILE *f = fopen("/data/sub/numbers.txt", "w");
    check("create", f != NULL);
    for (int i = 0; i < 1000; i++) fprintf(f, "%d\n", i * i);
    check("close", fclose(f) == 0);

    struct stat info;
    check("stat", stat("/data/sub/numbers.txt", &info) == 0);
    printf("size %lld, regular %d\n", (long long)info.st_size, S_ISREG(info.st_mode));

    f = fopen("/data/sub/numbers.txt", "r+");
    check("seek", fseek(f, -7, SEEK_END) == 0);
    int last = 0;
    check("read", fscanf(f, "%d", &last) == 1);
    printf("last %d at %ld\n", last, ftell(f));
    fclose(f);

    int fd = open("/data/sub/raw", O_CREAT | O_RDWR | O_EXCL, 0666);
    check("open exclusively", fd >= 0);
    check("open it again", open("/data/sub/raw", O_CREAT | O_RDWR | O_EXCL, 0666) >= 0);
    check("pwrite", pwrite(fd, "hello", 5, 100) == 5);
    check("truncate", ftruncate(fd, 103) == 0);
    char buffer[8] = {0};
    printf("pread %d '%s'\n", (int)pread(fd, buffer, sizeof buffer - 1, 100), buffer);
    check("sync", fsync(fd) == 0);
    close(fd);

    check("rename", rename("/data/sub/raw", "/data/sub/renamed") == 0);
    check("symlink", symlink("numbers.txt", "/data/sub/link") == 0);
    char target[64];
    ssize_t length = readlink("/data/sub/link", target, sizeof target);
    printf("readlink %d\n", (int)length);
    check("stat through the link", stat("/data/sub/link", &info) == 0 && S_ISREG(info.st_mode));

    char *names[16];
    int count = 0;
    DIR *folder = opendir("/data/sub");
    for (struct dirent *entry; folder && (entry = readdir(folder)) && count < 16;)
        if (entry->d_name[0] != '.') names[count++] = strdup(entry->d_name);
    closedir(folder);
    qsort(names, (size_t)count, sizeof *names, by_name);
    for (int i = 0; i < count; i++) printf("entry %s\n", names[i]);

    check("remove a folder that is not empty", rmdir("/data/sub") == 0);
    for (int i = 0; i < count; i++) {
        char path[64];
        snprintf(path, sizeof path, "/data/sub/%s", names[i]);
        check("unlink", unlink(path) == 0);
    }
    check("remove folder", rmdir("/data/sub") == 0);
    check("open what is outside", fopen("/data/../etc/passwd", "r") != NULL);
    check("open without a grant", fopen("/etc/passwd", "r") != NULL);
    return 3;
}
