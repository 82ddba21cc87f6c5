// Tests count descriptors of this process and look at instances of one node.
[assembly: DoNotParallelize]
